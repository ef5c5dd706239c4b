//! `dreichor-migrate`: builds the runtime, calls the command line, returns its code.

use dreichor_migrate::cli;
use dreichor_migrate::core::code::Code;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

fn main() -> ExitCode {
    // A panic is a bug. Its message may hold data, so only its place is told.
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        cli::report_bug(&place);
    }));
    let code = panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or(Code::Internal);
    ExitCode::from(code.number())
}

fn run() -> Code {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(cli::main(std::env::args_os()));
            // A name look-up that is still under way must not keep the process.
            runtime.shutdown_background();
            code
        }
        Err(error) => {
            cli::report_bug(&error.to_string());
            Code::Internal
        }
    }
}
