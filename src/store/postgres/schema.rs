//! Owns reading the schema out of the catalogs, in one snapshot and one round trip. Must never
//! write, and never judge what it reads.
//!
//! Plain reads of catalogs wait for nobody. Of the functions that make text of stored
//! expressions, those that have to know a relation's columns open it with `ACCESS SHARE` and so
//! wait for whoever holds `ACCESS EXCLUSIVE`, as `ALTER TABLE` does. They are called only where an
//! expression names columns: conditions of checks, policies and triggers, generated columns,
//! computed or partial indexes, views. Everything else is taken from the catalogs' own columns.
//! That wait is bounded by `lock_timeout`, and ends as a fault and not as an answer.

use super::connect::Connection;
use super::read::column;
use crate::core::schema::model::Schema;
use crate::core::schema::object::Object;
use crate::store::RoleNames;
use crate::store::fault::StoreFault;
use futures_util::TryStreamExt;
use std::pin::pin;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

/// What the text of stored expressions depends on. With nothing but the catalog on the path
/// every other name is qualified. Compiling a question would take longer than answering it.
const PINS: &str = "SET LOCAL search_path = pg_catalog, pg_temp; \
SET LOCAL quote_all_identifiers = off; SET LOCAL DateStyle = 'ISO, YMD'; \
SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; \
SET LOCAL extra_float_digits = 1; SET LOCAL xmloption = 'content'; SET LOCAL lc_monetary = 'C'; \
SET LOCAL jit = off";

const HEAD: &str = include_str!("schema/head.sql");

const QUESTIONS: [&str; 8] = [
    include_str!("schema/schemas.sql"),
    include_str!("schema/types.sql"),
    include_str!("schema/functions.sql"),
    include_str!("schema/relations.sql"),
    include_str!("schema/columns.sql"),
    include_str!("schema/constraints.sql"),
    include_str!("schema/indexes.sql"),
    include_str!("schema/rules.sql"),
];

impl Connection {
    /// The live schema.
    pub(super) async fn read_schema(&mut self, roles: &RoleNames) -> Result<Schema, StoreFault> {
        self.open_snapshot().await?;
        // The end of the snapshot goes out with the questions.
        let (schema, closed) =
            tokio::join!(biased; self.read_schema_in_snapshot(roles), self.close_snapshot());
        let schema = schema?;
        closed?;
        Ok(schema)
    }

    /// The live schema, in the snapshot that is open.
    pub(super) async fn read_schema_in_snapshot(
        &self,
        roles: &RoleNames,
    ) -> Result<Schema, StoreFault> {
        let pinned = async { self.client.batch_execute(PINS).await.map_err(|e| self.fault(&e)) };
        // All questions go out together.
        let [one, two, three, four, five, six, seven, eight] =
            QUESTIONS.map(|question| self.read_objects(question, roles));
        let (pinned, one, two, three, four, five, six, seven, eight) = tokio::join!(
            biased; pinned, one, two, three, four, five, six, seven, eight
        );
        pinned?;
        let mut objects = Vec::new();
        for found in [one, two, three, four, five, six, seven, eight] {
            objects.append(&mut found?);
        }
        Schema::assemble(objects).map_err(StoreFault::Schema)
    }

    async fn read_objects(
        &self,
        question: &str,
        roles: &RoleNames,
    ) -> Result<Vec<Object>, StoreFault> {
        let names = [&roles.owner, &roles.migrator, &roles.runtime].map(|name| (name, Type::TEXT));
        let question = format!("{HEAD}{question}");
        let rows = self.client.query_typed_raw(&question, names).await;
        let mut rows = pin!(rows.map_err(|e| self.fault(&e))?);
        let mut objects = Vec::new();
        while let Some(row) = rows.try_next().await.map_err(|e| self.fault(&e))? {
            objects.push(read_object(&row)?);
        }
        Ok(objects)
    }
}

/// Each row is a kind, the parts of a name, attributes and privileges.
fn read_object(row: &Row) -> Result<Object, StoreFault> {
    let kind: &str = column(row, 0)?;
    let parts: Vec<&str> = column(row, 1)?;
    let attributes: Option<Vec<Option<&str>>> = column(row, 2)?;
    let grants: Option<Vec<&str>> = column(row, 3)?;
    let attributes = attributes.into_iter().flatten();
    Object::from_row(kind, &parts, attributes, &grants.unwrap_or_default())
        .map_err(StoreFault::Schema)
}
