//! Owns reading privileges as the server writes them, `WHO=LETTERS/GRANTOR`. Must never know what
//! they mean for anyone.

/// One privilege that somebody has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Grant {
    /// The role; none for everybody.
    pub(super) grantee: Option<String>,
    /// Its name in SQL.
    pub(super) privilege: &'static str,
    /// Whether it may be passed on.
    pub(super) grantable: bool,
}

/// The privileges of one item; none for text of another form.
pub(super) fn grants(item: &str) -> Option<Vec<Grant>> {
    let (grantee, rest) = name(item)?;
    let (letters, _grantor) = rest.strip_prefix('=')?.split_once('/')?;
    let grantee = if grantee.is_empty() { None } else { Some(grantee) };
    let mut found: Vec<Grant> = Vec::new();
    for letter in letters.chars() {
        if letter == '*' {
            found.last_mut()?.grantable = true;
            continue;
        }
        let privilege = privilege(letter)?;
        found.push(Grant { grantee: grantee.clone(), privilege, grantable: false });
    }
    Some(found)
}

/// A role's name, bare or in quotes, and what follows it.
fn name(item: &str) -> Option<(String, &str)> {
    let Some(quoted) = item.strip_prefix('"') else {
        let (name, rest) = item.split_at_checked(item.find('=')?)?;
        return Some((name.to_owned(), rest));
    };
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((name, after)),
        }
    }
}

fn privilege(letter: char) -> Option<&'static str> {
    Some(match letter {
        'a' => "INSERT",
        'r' => "SELECT",
        'w' => "UPDATE",
        'd' => "DELETE",
        'D' => "TRUNCATE",
        'x' => "REFERENCES",
        't' => "TRIGGER",
        'X' => "EXECUTE",
        'U' => "USAGE",
        'C' => "CREATE",
        'T' => "TEMPORARY",
        'c' => "CONNECT",
        's' => "SET",
        'A' => "ALTER SYSTEM",
        'm' => "MAINTAIN",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_read_as_the_server_writes_it() {
        let grant = |grantee: Option<&str>, privilege, grantable| Grant {
            grantee: grantee.map(str::to_owned),
            privilege,
            grantable,
        };
        assert_eq!(
            grants("app=ar*/owner"),
            Some(vec![grant(Some("app"), "INSERT", false), grant(Some("app"), "SELECT", true)])
        );
        assert_eq!(grants("=U/\"o=/x\""), Some(vec![grant(None, "USAGE", false)]));
        assert_eq!(
            grants("\"o'd=\"\"d/\"=X/owner"),
            Some(vec![grant(Some("o'd=\"d/"), "EXECUTE", false)])
        );
        assert_eq!(grants("app=/owner"), Some(vec![]));
        for other in ["", "app", "app=r", "app=*/o", "app=?/o", "\"app=r/o"] {
            assert_eq!(grants(other), None, "{other}");
        }
    }
}
