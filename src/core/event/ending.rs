//! Owns the fixed identity of a command's end: one for each exit code, so that an operator can
//! ask the journal for "the gate said behind". Must never give one identity to two codes.

use crate::core::code::Code;

/// The `MESSAGE_ID` and the stable name of a command's end. A code without a row here does not
/// compile; a row is never changed, because queries and the catalog hold it.
pub(super) const fn identify(code: Code) -> (&'static str, &'static str) {
    match code {
        Code::Ok => ("ff3e9aca57f4404385f63c7ae3821517", "ended-ok"),
        Code::Internal => ("87b5c8efcdaf42138e7648f635622832", "ended-internal"),
        Code::Usage => ("aa64e03178e845169990fe038a2aa8eb", "ended-usage"),
        Code::Behind => ("c98042f1de8349a894afcc46bb274b9a", "ended-behind"),
        Code::Ahead => ("947b3f1baee4456ba053a79dda63b7e3", "ended-ahead"),
        Code::Diverged => ("1204688ccf454cdbba6d256327da36cb", "ended-diverged"),
        Code::Drifted => ("14e3617504c34f25a3dbfc23fec34324", "ended-drifted"),
        Code::Overprivileged => ("20da030d075048fd817ef1573bf8115f", "ended-overprivileged"),
        Code::SetInvalid => ("a543203443b64ae5a80927188a2e28d6", "ended-set-invalid"),
        Code::NotApproved => ("4d9382045c60452ba4037505eba86629", "ended-not-approved"),
        Code::Busy => ("3148926b63fb429398ce7cc399ca121c", "ended-busy"),
        Code::NotPermitted => ("45255fe89b394ab9be7ed44a62df6543", "ended-not-permitted"),
        Code::Unreachable => ("4fe685a23e5d46b9bafe8ed4ef566f1c", "ended-unreachable"),
        Code::Denied => ("3071a3c68bfa4a14a3323c4ce0344459", "ended-denied"),
        Code::WrongDatabase => ("76e3921fc9e04eeeb38c8c6e178abac2", "ended-wrong-database"),
        Code::Failed => ("7a56fe2131c84d159a9f270079db9f94", "ended-failed"),
        Code::TimedOut => ("318cf931a4b049ce8d3b919ca9cc41d4", "ended-timed-out"),
        Code::Interrupted => ("95aa67427ccb47ed8265ac669e97d146", "ended-interrupted"),
        Code::Unknown => ("e7d89175a03247f0b701b21cde2207fc", "ended-unknown"),
        Code::BackupFailed => ("bcdf9252929c45f8ababc11d5d4292cf", "ended-backup-failed"),
        Code::Config => ("d96b1db22e8246fc84f04b96533de409", "ended-config"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::code::TABLE;

    #[test]
    fn the_end_is_named_after_its_code() {
        for row in &TABLE {
            assert_eq!(identify(row.code).1, format!("ended-{}", row.name));
        }
    }
}
