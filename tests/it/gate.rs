//! The gate as a library: the compiled example asks as a service does, over its own connection;
//! and what it is lent is given back as it was.

use crate::support::World;
use crate::support::program::Answer;
use crate::support::running::{Holding, SOON};
use crate::support::server::port;
use crate::support::world::{PASSWORD, PASSWORD_ENCODED};
use dreichor_migrate::core::schema::roles::RoleNames;
use dreichor_migrate::gate::{Gate, GateFault};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

const OWN: [&str; 3] = ["001_init.sql", "002_add_shadow_ledger.sql", "003_add_decision_memory.sql"];

fn own(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(name);
    fs::read_to_string(path).expect("it is there")
}

/// Dreichor's set, of which the first so many are applied.
fn dreichor(count: usize) -> World {
    let world = World::empty();
    for name in OWN.iter().take(count) {
        world.write(name, own(name));
    }
    world.run(&["apply"]).expect(0);
    world
}

/// The example, which cargo puts beside the tests.
fn example() -> PathBuf {
    let tests = env::current_exe().expect("this program");
    let target = tests.parent().and_then(Path::parent).expect("the target directory");
    let example = target.join("examples/runtime");
    assert!(example.exists(), "'{}' is missing: cargo build --example runtime", example.display());
    example
}

fn start(world: &World, requirement: &str) -> Answer {
    let file = world.path().join("requirement.toml");
    fs::write(&file, requirement).expect("the requirement is written");
    let database = &world.database;
    let mut command = Command::new(example());
    command
        .env_clear()
        .env(
            "DATABASE_URL",
            format!(
                "postgres://{database}_runtime:{PASSWORD_ENCODED}@127.0.0.1:{}/{database}",
                port()
            ),
        )
        .arg(&file)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/seal.toml"))
        .stdin(Stdio::null());
    Answer::of(command)
}

#[test]
fn the_example_starts_on_the_schema_it_was_made_for_and_on_no_other() {
    let world = dreichor(2);
    let exact = "requires = '003_add_decision_memory.sql'\n";
    let answer = start(&world, exact).expect(10);
    assert!(
        answer.stderr.contains("'003_add_decision_memory.sql' is required and not applied"),
        "{answer:#?}"
    );
    let older = "requires = '001_init.sql'\nsupports_up_to = '002_add_shadow_ledger.sql'\n";
    assert_eq!(start(&world, older).expect(0).stdout, "started on 0 events\n");
    start(&world, "requires = '001_init.sql'\n").expect(11);
    world.write(OWN[2], own(OWN[2]));
    world.run(&["apply"]).expect(0);
    start(&world, exact).expect(0);
    start(&world, older).expect(11);
    world.sql("CREATE INDEX by_hand ON audit_events (logical_time)");
    let answer = start(&world, exact).expect(13);
    assert!(answer.stderr.contains("index audit_events.by_hand: not expected"), "{answer:#?}");
    world.sql("DROP INDEX by_hand");
    world.sql(&format!("GRANT {0}_owner TO {0}_runtime", world.database));
    start(&world, exact).expect(14);
    let answer = start(&world, "requires = 3\n").expect(1);
    assert!(answer.stderr.contains("requirement:1:12: 'requires' must be a string"), "{answer:#?}");
    start(&World::empty(), exact).expect(10);
}

/// A connection as the world's runtime, and what is done over it.
fn with_client<T>(world: &World, act: impl AsyncFnOnce(&mut Client) -> T) -> T {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut config = tokio_postgres::Config::new();
        config
            .user(format!("{}_runtime", world.database))
            .password(PASSWORD)
            .dbname(&world.database);
        let stream = TcpStream::connect(("127.0.0.1", port())).await.expect("a server");
        let (mut client, connection) =
            config.connect_raw(stream, NoTls).await.expect("a connection");
        let driver = tokio::spawn(connection);
        let done = act(&mut client).await;
        drop(client);
        driver.await.expect("the driver").expect("its end");
        done
    })
}

const SETTINGS: &str = "SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings \
    WHERE name NOT LIKE 'transaction%'";

#[test]
fn the_session_is_given_back_as_it_was() {
    let world = dreichor(3);
    let gate = Gate::new("requires = '003_add_decision_memory.sql'").expect("a requirement");
    let gate = gate.with_seal(&own("seal.toml")).expect("a seal");
    with_client(&world, async |client| {
        client
            .batch_execute(
                "SET search_path = 'audit'; SET lock_timeout = '77s'; SET DateStyle = 'German'",
            )
            .await
            .expect("settings");
        let settings = async |client: &Client| -> String {
            client.query_one(SETTINGS, &[]).await.expect("settings").get(0)
        };
        let before = settings(client).await;
        for _ in 0..2 {
            assert!(gate.ask(client).await.expect("an answer").is_compatible());
            assert_eq!(settings(client).await, before);
        }
        // It goes on seeing what happens, and is not left in a transaction that only reads.
        let id = "SELECT pg_current_xact_id_if_assigned() IS NULL, current_setting('transaction_read_only')";
        let row = client.query_one(id, &[]).await.expect("a row");
        assert_eq!((row.get::<_, bool>(0), row.get::<_, &str>(1)), (true, "off"));
        world.sql("CREATE TABLE public.more ()");
        let answer = gate.ask(client).await.expect("an answer");
        assert_eq!(answer.code().number(), 13);
        assert_eq!(answer.findings()[0].message, "table more: not expected");
    });
}

#[test]
fn a_transaction_of_the_service_is_neither_used_nor_ended() {
    let world = dreichor(1);
    let gate = Gate::new("requires = '001_init.sql'").expect("a requirement");
    with_client(&world, async |client| {
        client.batch_execute("BEGIN").await.expect("a transaction");
        assert_eq!(gate.ask(client).await, Err(GateFault::InTransaction));
        let still = "SELECT transaction_timestamp() < statement_timestamp()";
        assert!(client.query_one(still, &[]).await.expect("a row").get::<_, bool>(0));
        let _failed = client.batch_execute("SELECT 1 / 0").await;
        assert_eq!(gate.ask(client).await, Err(GateFault::InTransaction));
        client.batch_execute("ROLLBACK").await.expect("its end");
        assert!(gate.ask(client).await.expect("an answer").is_compatible());
    });
}

/// As its documentation says, with what to do about it.
#[test]
fn a_question_that_is_dropped_leaves_its_transaction_open() {
    let world = dreichor(3);
    world.sql("ALTER TABLE audit_events ADD CHECK (version > 0)");
    let gate = Gate::new("requires = '003_add_decision_memory.sql'").expect("a requirement");
    let gate = gate.with_seal(&own("seal.toml")).expect("a seal");
    let lock = "BEGIN; LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE;";
    let waiting = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '{}_runtime' AND wait_event_type = 'Lock'",
        world.database
    );
    with_client(&world, async |client| {
        let held = Holding::open(&world.database, "ddl", lock);
        {
            let mut asking = pin!(gate.ask(client));
            let deadline = Instant::now() + SOON;
            while world.sql(&waiting) == "0" {
                assert!(Instant::now() < deadline, "it does not wait");
                let answer = timeout(Duration::from_millis(10), &mut asking).await;
                assert!(answer.is_err(), "{answer:?}");
            }
        }
        drop(held);
        assert_eq!(gate.ask(client).await, Err(GateFault::InTransaction));
    });
    // Over another connection there is an answer.
    with_client(&world, async |client| {
        assert_eq!(gate.ask(client).await.expect("an answer").code().number(), 13);
    });
}

#[test]
fn without_a_seal_names_are_compared_and_roles_can_be_named() {
    let world = dreichor(2);
    let ask = |requirement: &str| {
        let gate = Gate::new(requirement).expect("a requirement");
        with_client(&world, async |client| {
            gate.ask(client).await.expect("an answer").code().number()
        })
    };
    assert_eq!(ask("requires = '002_add_shadow_ledger.sql'"), 0);
    assert_eq!(ask("requires = '001_init.sql'\nsupports_up_to = '002_add_shadow_ledger.sql'"), 0);
    assert_eq!(ask("requires = '001_init.sql'"), 11);
    assert_eq!(ask("requires = '003_add_decision_memory.sql'"), 10);
    // With the roles of another environment, nothing of this schema is as it was sealed.
    let nobody = |function: &str| format!("nobody_{function}");
    let gate = Gate::new("requires = '002_add_shadow_ledger.sql'").expect("a requirement");
    let gate = gate.with_seal(&own("seal.toml")).expect("a seal").with_roles(RoleNames {
        owner: nobody("owner"),
        migrator: nobody("migrator"),
        runtime: nobody("runtime"),
    });
    with_client(&world, async |client| {
        assert_eq!(gate.ask(client).await.expect("an answer").code().number(), 13);
    });
}

#[test]
fn what_is_no_requirement_and_no_seal_is_a_fault() {
    assert!(
        matches!(Gate::new("require = 1"), Err(GateFault::Requirement(faults)) if faults.len() == 2)
    );
    let gate = Gate::new("requires = '001_init.sql'").expect("a requirement");
    assert!(matches!(gate.with_seal("form = 2"), Err(GateFault::Seal(_))));
}
