//! Owns which questions are asked, and when: what every schema has, then what this one has, then
//! names that only now are seen to be missing. Must never ask for what is not told.

use super::super::snapshot::Snapshot;
use super::Catalogs;
use super::comment::{PG_CLASS, PG_NAMESPACE, PG_PROC, PG_TYPE};
use super::question::{FORM, Fields, FromFields, Question};
use super::relation::Relation;
use super::{
    ancestry, attribute, comment, constraint, data_type, enforcement, excess, function, index,
    namespace, relation, role, trigger,
};
use crate::core::privilege::Excess;
use crate::core::schema::model::Schema;
use crate::store::fault::StoreFault;
use crate::store::{PrivilegeQuestion, RoleNames};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What the text of stored expressions depends on. With nothing but the catalog on the path
/// every other name is qualified. Compiling a question would take longer than answering it.
const PINS: &str = "SET LOCAL search_path = pg_catalog, pg_temp; \
SET LOCAL quote_all_identifiers = off; SET LOCAL DateStyle = 'ISO, YMD'; \
SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; \
SET LOCAL extra_float_digits = 1; SET LOCAL xmloption = 'content'; SET LOCAL lc_monetary = 'C'; \
SET LOCAL jit = off";

/// How large the catalogs are of what few schemas have and nothing else tells of: one without a
/// page has no row, and need not be asked.
const SIZES: &str = "SELECT pg_catalog.pg_relation_size('pg_catalog.pg_policy'), \
pg_catalog.pg_relation_size('pg_catalog.pg_statistic_ext'), \
pg_catalog.pg_relation_size('pg_catalog.pg_event_trigger'), \
pg_catalog.pg_relation_size('pg_catalog.pg_default_acl')";

/// Which of the catalogs may have rows.
struct Sizes {
    policy: bool,
    statistic_ext: bool,
    event_trigger: bool,
    default_acl: bool,
}

impl FromFields for Sizes {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        let mut has_pages = || Ok(fields.number::<u64>()? > 0);
        Ok(Self {
            policy: has_pages()?,
            statistic_ext: has_pages()?,
            event_trigger: has_pages()?,
            default_acl: has_pages()?,
        })
    }
}

/// Numbers as an array in a question.
fn array(numbers: impl IntoIterator<Item = u32>) -> String {
    let mut text = String::from("{");
    for number in numbers {
        let comma = if text.len() > 1 { "," } else { "" };
        // Writing into a string cannot fail.
        write!(text, "{comma}{number}").unwrap_or_default();
    }
    text.push('}');
    text
}

/// The questions that are wanted, in their order.
fn wanted<'q>(each: impl IntoIterator<Item = (bool, Question<'q>)>) -> Vec<Question<'q>> {
    each.into_iter().filter_map(|(wanted, question)| wanted.then_some(question)).collect()
}

impl Catalogs {
    /// What every schema has, or what tells of rights. Which of it is told is known once it is
    /// settled.
    fn first_questions<'q>(
        &'q mut self,
        of_schema: bool,
        of_rights: bool,
        sizes: &'q mut Vec<Sizes>,
    ) -> Vec<Question<'q>> {
        let of_history = !of_schema;
        let relations = if of_history { relation::HISTORY_RELATIONS } else { relation::RELATIONS };
        wanted([
            (true, Question::rows(role::ROLES, &mut self.roles)),
            (true, Question::rows(namespace::NAMESPACES, &mut self.namespaces)),
            (true, Question::rows(relations, &mut self.relations)),
            (of_rights, Question::rows(role::MEMBERSHIPS, &mut self.memberships)),
            (of_rights, Question::rows(excess::DATABASES, &mut self.databases)),
            (of_history, Question::rows(attribute::HISTORY_ATTRIBUTES, &mut self.attributes)),
            (of_schema, Question::rows(namespace::FIRST_PRIVILEGES, &mut self.first_privileges)),
            (of_schema, Question::rows(namespace::EXTENSIONS, &mut self.extensions)),
            (of_schema, Question::rows(comment::EXTENSION_MEMBERS, &mut self.members)),
            (of_schema, Question::rows(comment::COMMENTS, &mut self.comments)),
            (of_schema, Question::rows(data_type::TYPES, &mut self.types)),
            (of_schema, Question::rows(ancestry::UNUSUAL_CLASSES, &mut self.unusual_classes)),
            (of_schema, Question::rows(SIZES, sizes)),
        ])
    }

    /// Puts rows in order and marks what is told.
    fn settle(&mut self) {
        self.roles.sort();
        self.memberships.sort();
        self.namespaces.sort();
        self.relations.sort();
        self.first_privileges.sort();
        self.members.sort();
        self.comments.sort();
        self.types.sort();
        self.unusual_classes.sort();
        self.array_collations = self.types.array_collations();
        let members = &self.members;
        for it in self.namespaces.iter_mut() {
            it.told = it.is_of_users() && !members.has(PG_NAMESPACE, it.oid);
        }
        let namespaces = &self.namespaces;
        for it in self.relations.iter_mut() {
            let schema = namespaces.get(it.relnamespace).filter(|schema| schema.told);
            it.told = schema.is_some_and(|schema| !it.is_history_in(&schema.nspname))
                && it.stands_alone()
                && !members.has(PG_CLASS, it.oid);
        }
        let relations = &self.relations;
        for it in self.types.iter_mut() {
            let composite = relations.get(it.typrelid).is_some_and(|row| row.relkind == 'c');
            it.told = namespaces.get(it.typnamespace).is_some_and(|schema| schema.told)
                && it.stands_alone(composite)
                && !members.has(PG_TYPE, it.oid);
        }
    }

    /// Those of the relations, as an array, and whether there are any.
    fn some(&self, which: impl Fn(&Relation) -> bool) -> (String, bool) {
        let text = array(self.relations.iter().filter(|it| which(it)).map(|it| it.oid));
        let any = text.len() > 2;
        (text, any)
    }

    /// What this schema has.
    fn second_questions(&mut self, sizes: &Sizes, server_major: u32) -> Vec<Question<'_>> {
        let told = |it: &Relation| it.told && it.has_columns();
        let (tables, _) = self.some(told);
        // Others may be referred to by what is told.
        let (all, _) = self.some(Relation::has_columns);
        let (triggered, has_triggers) = self.some(|it| told(it) && it.relhastriggers);
        let (ruled, has_rules) = self.some(|it| told(it) && it.relhasrules);
        let (viewed, has_views) = self.some(|it| told(it) && matches!(it.relkind, 'v' | 'm'));
        let (split, has_partitioned) = self.some(|it| told(it) && it.relkind == 'p');
        let (counters, has_sequences) = self.some(|it| it.told && it.relkind == 'S');
        let has_foreign = self.some(|it| told(it) && it.relkind == 'f').1;
        let any = |which: fn(&Relation) -> bool| self.relations.iter().any(which);
        let has_methods = any(Relation::has_access_method);
        let has_tablespaces = any(Relation::has_tablespace);
        let has_ancestors = any(|it| it.relispartition || it.relhassubclass);
        let schemas = array(self.namespaces.iter().filter(|it| it.told).map(|it| it.oid));
        let members = self.members.iter().filter(|it| it.classid == PG_PROC);
        let members = array(members.map(|it| it.objid));
        let (has_enums, has_ranges, has_bases) =
            (self.types.any_told('e'), self.types.any_told('r'), self.types.any_told('b'));
        let each = [
            (true, Question::rows(attribute::attributes(&all), &mut self.attributes)),
            (true, Question::rows(attribute::defaults(&tables), &mut self.defaults)),
            (
                true,
                Question::rows(
                    constraint::constraints(&tables, server_major),
                    &mut self.constraints,
                ),
            ),
            (true, Question::rows(index::indexes(&tables, server_major), &mut self.indexes)),
            (true, Question::rows(function::functions(&schemas, &members), &mut self.functions)),
            (true, Question::rows(ancestry::LANGUAGES, &mut self.languages)),
            (
                server_major >= 18,
                Question::rows(constraint::UNPROVED_NOT_NULL, &mut self.unproved_not_null),
            ),
            (has_views, Question::rows(ancestry::views(&viewed), &mut self.views)),
            (
                has_triggers,
                Question::rows(trigger::triggers(&triggered, server_major), &mut self.triggers),
            ),
            (has_rules, Question::rows(trigger::rules(&ruled), &mut self.rules)),
            (sizes.policy, Question::rows(trigger::policies(&tables), &mut self.policies)),
            (
                sizes.statistic_ext,
                Question::rows(trigger::statistics(&tables), &mut self.statistics),
            ),
            (
                sizes.event_trigger,
                Question::rows(namespace::EVENT_TRIGGERS, &mut self.event_triggers),
            ),
            (
                sizes.default_acl,
                Question::rows(namespace::DEFAULT_PRIVILEGES, &mut self.default_privileges),
            ),
            (has_enums, Question::rows(data_type::LABELS, &mut self.labels)),
            (has_ranges, Question::rows(data_type::RANGES, &mut self.ranges)),
            (has_ranges, Question::rows(comment::MADE_WITH_TYPES, &mut self.members)),
            (has_bases, Question::rows(data_type::BASES, &mut self.bases)),
            (has_sequences, Question::rows(ancestry::SEQUENCES, &mut self.sequences)),
            (
                has_sequences,
                Question::rows(ancestry::owned_sequences(&counters), &mut self.owned_sequences),
            ),
            (has_ancestors, Question::rows(ancestry::INHERITANCES, &mut self.inheritances)),
            (has_partitioned, Question::rows(ancestry::partitioned(&split), &mut self.partitioned)),
            (has_foreign, Question::rows(ancestry::FOREIGN_TABLES, &mut self.foreign_tables)),
            (has_methods, Question::rows(ancestry::ACCESS_METHODS, &mut self.access_methods)),
            (has_tablespaces, Question::rows(ancestry::TABLESPACES, &mut self.tablespaces)),
        ];
        wanted(each)
    }

    /// What rows of the second answer name and nobody has told yet.
    fn third_questions(&mut self) -> Vec<Question<'_>> {
        let collations = array(self.unnamed_collations());
        let computed = self.indexes.iter().filter(|it| it.has_computed_text());
        let computed = array(computed.map(|it| it.indexrelid));
        let is_enforced_otherwise = self.triggers.iter().any(|it| it.enforces);
        let has_aggregates = self.functions.iter().any(|it| it.prokind == Some('a'));
        let each = [
            (
                collations.len() > 2,
                Question::rows(ancestry::collations(&collations), &mut self.collations),
            ),
            (
                computed.len() > 2,
                Question::rows(attribute::computed(&computed), &mut self.attributes),
            ),
            (has_aggregates, Question::rows(function::AGGREGATES, &mut self.aggregates)),
            (
                is_enforced_otherwise,
                Question::rows(enforcement::HANDED_DOWN, &mut self.handed_down),
            ),
        ];
        wanted(each)
    }

    /// All collations that may have to be named, but the one that everything has by itself.
    fn unnamed_collations(&self) -> BTreeSet<u32> {
        let columns = self.attributes.iter().map(|it| it.attcollation);
        let indexes = self.indexes.iter().flat_map(|it| it.indcollation.iter().copied());
        let keys = self.partitioned.iter().flat_map(|it| it.partcollation.iter().copied());
        let types = self.types.iter().filter(|it| it.told).map(|it| it.typcollation);
        let ranges = self.ranges.iter().map(|it| it.rngcollation);
        let all = columns.chain(indexes).chain(keys).chain(types).chain(ranges);
        all.filter(|it| !matches!(*it, 0 | DEFAULT_COLLATION)).collect()
    }

    /// A collation as SQL refers to it.
    pub(super) fn collation(&self, oid: u32) -> Result<&str, StoreFault> {
        if oid == DEFAULT_COLLATION {
            return Ok("\"default\"");
        }
        let unknown = StoreFault::Protocol { expected: "a collation that the catalogs know" };
        self.collations.get(oid).map(|it| &*it.text).ok_or(unknown)
    }

    /// Puts the rows of the later answers in order.
    fn sort(&mut self) {
        self.members.sort();
        self.attributes.sort();
        self.defaults.sort();
        self.unproved_not_null.sort();
        self.indexes.sort();
        self.languages.sort();
        self.aggregates.sort();
        self.labels.sort();
        self.ranges.sort();
        self.bases.sort();
        self.inheritances.sort();
        self.partitioned.sort();
        self.foreign_tables.sort();
        self.sequences.sort();
        self.owned_sequences.sort();
        self.views.sort();
        self.access_methods.sort();
        self.tablespaces.sort();
        self.collations.sort();
        self.triggers.sort();
        self.handed_down.sort();
    }
}

/// The collation of the database, which has the same number in all of them.
const DEFAULT_COLLATION: u32 = 100;

impl Snapshot<'_> {
    /// The live schema, where it is asked for, and what the runtime role can do and must not,
    /// both in the snapshot that is open.
    pub(in crate::store::postgres) async fn read_catalogs(
        &self,
        schema: Option<&RoleNames>,
        privileges: Option<&PrivilegeQuestion>,
    ) -> Result<(Option<Schema>, Vec<Excess>), StoreFault> {
        if schema.is_none() && privileges.is_none() {
            return Ok((None, Vec::new()));
        }
        let mut catalogs = Catalogs::default();
        let (of_schema, of_rights) = (schema.is_some(), privileges.is_some());
        let mut sizes = Vec::new();
        let questions = catalogs.first_questions(of_schema, of_rights, &mut sizes);
        self.ask(if of_schema { PINS } else { "" }, questions).await?;
        catalogs.settle();
        if of_schema {
            let sizes = sizes.pop().ok_or(FORM)?;
            self.ask("", catalogs.second_questions(&sizes, self.server_major)).await?;
            catalogs.sort();
            let questions = catalogs.third_questions();
            if !questions.is_empty() {
                self.ask("", questions).await?;
                catalogs.sort();
            }
        }
        let excesses = match privileges {
            Some(question) => catalogs.excesses(question, self.database)?,
            None => Vec::new(),
        };
        let schema = match schema {
            Some(names) => Some(catalogs.schema(names)?),
            None => None,
        };
        Ok((schema, excesses))
    }
}
