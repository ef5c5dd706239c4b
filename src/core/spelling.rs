//! Owns how a name and a text are spelled in SQL, the same under every setting of a session. Must
//! never depend on the server: what one major alone takes for a keyword is quoted on all of them.
//!
//! PostgreSQL manual, "Lexical Structure". It holds no name and no text with a NUL, and neither
//! does whoever calls: there is no way to spell one.

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

/// A name in double quotes, whatever it is.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A name as `quote_ident` of the newest server spells it: in quotes where it would not be read
/// as it stands. Fingerprints depend on it.
#[must_use]
pub fn identifier(name: &str) -> String {
    let starts = |it: char| it.is_ascii_lowercase() || it == '_';
    let is_plain = name.starts_with(starts)
        && name.chars().all(|it| starts(it) || it.is_ascii_digit())
        && KEYWORDS.binary_search(&name).is_err();
    if is_plain { name.to_owned() } else { quoted(name) }
}

/// The parts of a name, each as [`identifier`] spells it, with dots between them.
#[must_use]
pub fn qualified(parts: &[&str]) -> String {
    let parts: Vec<String> = parts.iter().copied().map(identifier).collect();
    parts.join(".")
}

/// A text as a literal that means the same whatever `standard_conforming_strings` is.
#[must_use]
pub fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if doubled.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

#[cfg(test)]
#[path = "spelling_tests.rs"]
mod tests;
