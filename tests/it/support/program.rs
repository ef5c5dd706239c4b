//! Owns running the real binary. Must never give it more of the test's own environment than
//! it is told to.

use serde_json::Value;
use std::process::{Command, Output, Stdio};

/// The binary under test, with an empty environment and no standard input.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dreichor-migrate"));
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    /// Runs the command to its end.
    pub(crate) fn of(mut command: Command) -> Self {
        Self::read(&command.output().expect("the binary starts"))
    }

    pub(crate) fn read(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
        // A process that a signal ended has no code; -1 is never expected.
        let code = output.status.code().unwrap_or(-1);
        Self { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Its standard output as one JSON document, as the published schema has it.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let document = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON document: {error}\n{self:#?}"));
        crate::output_schema::assert_valid(&document);
        document
    }

    /// Asserts the exit code, showing everything when it is another.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// The codes of the JSON document's findings, in order.
    pub(crate) fn findings(&self) -> Vec<String> {
        let document = self.json();
        let findings = document["findings"].as_array().expect("every document has findings");
        findings.iter().map(|it| it["code"].as_str().expect("a code").to_owned()).collect()
    }
}
