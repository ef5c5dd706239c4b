//! A service that asks before it works: may this release run on this schema?
//!
//! `DATABASE_URL=… runtime REQUIREMENT SEAL`, the two files as 'dreichor-migrate requirement init'
//! and 'dreichor-migrate seal' made them. A service would rather hold them as `include_str!`.

#![allow(clippy::print_stderr, clippy::print_stdout, reason = "an example speaks to its reader")]

use dreichor_migrate::core::code::Code;
use dreichor_migrate::gate::Gate;
use std::error::Error;
use std::process::ExitCode;
use std::{env, fs};
use tokio::net::TcpStream;
use tokio_postgres::{Config, NoTls};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => ExitCode::from(code.number()),
        Err(error) => {
            // What could not be asked is no yes.
            eprintln!("not started: {error}");
            ExitCode::from(Code::Internal.number())
        }
    }
}

async fn run() -> Result<Code, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let mut text = |what: &str| -> Result<String, Box<dyn Error>> {
        let path = arguments.next().ok_or_else(|| format!("no {what} is named"))?;
        Ok(fs::read_to_string(path)?)
    };
    let gate = Gate::new(&text("requirement")?)?.with_seal(&text("seal")?)?;

    let config: Config = env::var("DATABASE_URL")?.parse()?;
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let (mut client, connection) = config.connect_raw(stream, NoTls).await?;
    let driver = tokio::spawn(connection);

    let answer = gate.ask(&mut client).await?;
    if answer.is_compatible() {
        // From here on the service works with the same connection.
        let row = client.query_one("SELECT count(*) FROM public.audit_events", &[]).await?;
        println!("started on {} events", row.get::<_, i64>(0));
    } else {
        eprintln!("not started: {}", answer.reason());
    }
    drop(client);
    driver.await??;
    Ok(answer.code())
}
