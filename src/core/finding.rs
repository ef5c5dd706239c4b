//! Owns the shape in which every refusal, fault and verdict reaches a person or a
//! machine: a finding. Must never know where the finding will be printed.

/// What every typed error of this program can say of itself at the door.
///
/// Design section 10: a finding has a stable code, the object it speaks of, a sentence and
/// the next safe act. Implementations only build text; they hold their facts as fields.
pub trait Explain {
    /// Stable short name of the fault, used alike in JSON, journal, man page and tests.
    fn code(&self) -> &'static str;
    /// The object: a file name, a configuration key, a database, a role.
    fn subject(&self) -> String;
    /// What is wrong: lower case, no trailing stop, names the object.
    fn message(&self) -> String;
    /// The next safe act; there always is one, if only where to look.
    fn remedy(&self) -> String;

    /// The finding made of the four parts.
    fn finding(&self) -> Finding {
        Finding {
            code: self.code(),
            subject: self.subject(),
            message: self.message(),
            remedy: self.remedy(),
        }
    }
}

/// One sentence to the operator, with the next safe act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable short name, for example `edited`.
    pub code: &'static str,
    /// What it speaks of, for example `002_add_shadow_ledger.sql`.
    pub subject: String,
    /// The sentence.
    pub message: String,
    /// The next safe act.
    pub remedy: String,
}
