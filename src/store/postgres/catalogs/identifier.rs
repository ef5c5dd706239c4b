//! Owns how the names of objects stand in lists and references: bare where SQL reads them as they
//! are, else in quotes. Must never depend on the server: what one major alone takes for a keyword
//! is quoted on all of them.

use super::super::pin::quote_identifier;

/// Every word that PostgreSQL 14 to 18 read as more than a name somewhere, in order.
#[rustfmt::skip]
const KEYWORDS: [&str; 164] = [
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric",
    "authorization", "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast",
    "char", "character", "check", "coalesce", "collate", "collation", "column", "concurrently",
    "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "dec", "decimal",
    "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists",
    "extract", "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant",
    "greatest", "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout",
    "int", "integer", "intersect", "interval", "into", "is", "isnull", "join", "json",
    "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query",
    "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading", "least",
    "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national", "natural",
    "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on",
    "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position",
    "precision", "primary", "real", "references", "returning", "right", "row", "select",
    "session_user", "setof", "similar", "smallint", "some", "substring", "symmetric",
    "system_user", "table", "tablesample", "then", "time", "timestamp", "to", "trailing", "treat",
    "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic",
    "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement",
    "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize",
    "xmltable",
];

/// A name as `quote_ident` of the newest server writes it.
pub(super) fn identifier(name: &str) -> String {
    let starts = |it: char| it.is_ascii_lowercase() || it == '_';
    let is_plain = name.starts_with(starts)
        && name.chars().all(|it| starts(it) || it.is_ascii_digit())
        && KEYWORDS.binary_search(&name).is_err();
    if is_plain { name.to_owned() } else { quote_identifier(name) }
}

/// The parts of a name with dots between them.
pub(super) fn qualified(parts: &[&str]) -> String {
    let parts: Vec<String> = parts.iter().copied().map(identifier).collect();
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_than_a_name_is_quoted() {
        assert!(KEYWORDS.is_sorted());
        for name in ["a", "_a1", "name", "state"] {
            assert_eq!(identifier(name), name);
        }
        for (name, quoted) in [
            ("", "\"\""),
            ("A", "\"A\""),
            ("1a", "\"1a\""),
            ("a$", "\"a$\""),
            ("a\"b", "\"a\"\"b\""),
            ("é", "\"é\""),
            ("table", "\"table\""),
            ("json_table", "\"json_table\""),
        ] {
            assert_eq!(identifier(name), quoted);
        }
        assert_eq!(qualified(&["a.b", "c"]), "\"a.b\".c");
    }
}
