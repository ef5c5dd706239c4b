//! `DATABASE_URL` through the binary: the tricks that must not lead elsewhere, where the URL may
//! come from, and that its password is in no output. Each rule alone is in the unit table.

use crate::support::World;
use crate::support::program::{Answer, binary};
use crate::support::running::{Running, SOON, until};
use crate::support::server::{feed, port, sql};
use crate::support::service::{Pooler, free_port};
use crate::support::world::PASSWORD_ENCODED;
use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn world() -> World {
    World::with(&[("001_a.sql", "CREATE TABLE public.a ();\n")])
}

/// A check with this URL; no output ever holds the password.
fn check(world: &World, url: &str) -> Answer {
    let mut command = world.command(&["check", "--format", "json", "-vv", "--log", "json"]);
    command.env("DATABASE_URL", url);
    silent(Answer::of(command))
}

#[track_caller]
fn silent(answer: Answer) -> Answer {
    for text in [&answer.stdout, &answer.stderr] {
        for canary in ["canary", "c%61nary"] {
            assert!(!text.contains(canary), "the password is in an output: {text}");
        }
    }
    answer
}

#[test]
fn every_class_of_trick_is_refused_before_anything_is_sent() {
    let world = world();
    let (user, name, port) = (format!("{}_runtime", world.database), &world.database, port());
    let sign = format!("{user}:{PASSWORD_ENCODED}");
    let cases = [
        ("url-empty", String::new()),
        ("url-blank", format!(" postgres://{sign}@127.0.0.1:{port}/{name}")),
        ("url-blank", format!("postgres://{sign}@127.0.0.1:{port}/{name}\n")),
        ("url-character", format!("postgres://{sign}@127.0.0.1\\x:{port}/{name}")),
        ("url-scheme", format!("postgresql://{sign}@127.0.0.1:{port}/{name}")),
        ("url-scheme", format!("POSTGRES://{sign}@127.0.0.1:{port}/{name}")),
        ("url-fragment", format!("postgres://{sign}@127.0.0.1:{port}/{name}#x")),
        ("url-no-user", format!("postgres://127.0.0.1:{port}/{name}")),
        ("url-empty-password", format!("postgres://{user}:@127.0.0.1:{port}/{name}")),
        ("url-many-at", format!("postgres://{sign}@x@127.0.0.1:{port}/{name}")),
        ("url-delimiter", format!("postgres://{sign}/x@127.0.0.1:{port}/{name}")),
        ("url-encoding", format!("postgres://{user}:canary%zz@127.0.0.1:{port}/{name}")),
        ("url-host", format!("postgres://{sign}@127.0.0.2:{port}/{name}")),
        ("url-host", format!("postgres://{sign}@127.1:{port}/{name}")),
        ("url-host-empty", format!("postgres://{sign}@/{name}")),
        ("url-host-case", format!("postgres://{sign}@LOCALHOST:{port}/{name}")),
        ("url-host-list", format!("postgres://{sign}@127.0.0.1:{port},10.9.9.9/{name}")),
        ("url-host-encoded", format!("postgres://{sign}@127.0.0%2E1:{port}/{name}")),
        ("url-host-encoded", format!("postgres://{sign}@%2Fvar%2Frun%2Fpostgresql/{name}")),
        ("url-host-ipv6", format!("postgres://{sign}@[::ffff:127.0.0.1]:{port}/{name}")),
        ("url-host-ipv6", format!("postgres://{sign}@[0:0:0:0:0:0:0:1]:{port}/{name}")),
        ("url-port", format!("postgres://{sign}@127.0.0.1:five/{name}")),
        ("url-no-database", format!("postgres://{sign}@127.0.0.1:{port}")),
        ("url-database-path", format!("postgres://{sign}@127.0.0.1:{port}/{name}/x")),
        ("url-other-environment", format!("postgres://{sign}@127.0.0.1:{port}/postgres")),
    ];
    for (code, url) in cases {
        let answer = check(&world, &url).expect(78);
        assert!(answer.findings().contains(&code.to_owned()), "{url}: {answer:#?}");
    }
    for (code, query) in [
        ("url-parameter-refused", "host=10.9.9.9"),
        ("url-parameter-refused", "%68ostaddr=10.9.9.9"),
        ("url-parameter-refused", "dbname=postgres"),
        ("url-parameter-refused", "user=postgres"),
        ("url-parameter-refused", "service=x"),
        ("url-parameter-refused", "options=-crole%3Dx"),
        ("url-parameter-refused", "password=canary"),
        ("url-parameter-unknown", "nothing=1"),
        ("url-parameter-repeated", "sslmode=disable&sslmode=disable"),
        ("url-parameter-spelling", "SSLMODE=disable"),
        ("url-parameter-value", "sslmode=require"),
        ("url-parameter-form", "sslmode"),
        ("url-second-query", "sslmode=disable?host=x"),
    ] {
        let answer = check(&world, &format!("{}?{query}", world.url("runtime"))).expect(78);
        assert!(answer.findings().contains(&code.to_owned()), "{query}: {answer:#?}");
    }
}

#[test]
fn the_three_hosts_lead_to_the_server() {
    let world = world();
    let url = world.url("runtime");
    let accepted = format!("{url}?sslmode=disable&connect_timeout=7");
    for url in [url.clone(), url.replace("127.0.0.1", "localhost"), accepted] {
        check(&world, &url).expect(10);
    }
    // The test server listens there where the machine has the address.
    let addresses = fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
    let has_ipv6 = addresses.contains("00000000000000000000000000000001 ");
    check(&world, &url.replace("127.0.0.1", "[::1]")).expect(if has_ipv6 { 10 } else { 30 });
}

#[test]
fn the_url_is_the_variable_or_the_credential_and_never_two_that_differ() {
    let world = world();
    let url = world.url("runtime");
    let case = |variable: Option<&str>, credential: Option<&[u8]>| {
        let directory = tempfile::tempdir().unwrap();
        let mut command = world.command(&["check", "--format", "json"]);
        command.env_remove("DATABASE_URL").env("CREDENTIALS_DIRECTORY", directory.path());
        if let Some(url) = variable {
            command.env("DATABASE_URL", url);
        }
        if let Some(bytes) = credential {
            fs::write(directory.path().join("database-url"), bytes).unwrap();
        }
        silent(Answer::of(command))
    };
    let (plain, ended) = (url.as_bytes(), format!("{url}\n"));
    case(None, Some(plain)).expect(10);
    case(None, Some(ended.as_bytes())).expect(10);
    case(Some(&url), None).expect(10);
    case(Some(&url), Some(ended.as_bytes())).expect(10);
    let refused = [
        (None, None, "url-missing"),
        (Some(world.url("migrator")), Some(plain), "url-contradictory"),
        (Some(String::new()), Some(plain), "url-contradictory"),
        (None, Some(&b"\n"[..]), "url-empty"),
        (None, Some(&b"postgres://canary\xff"[..]), "unreadable-credential"),
    ];
    for (variable, credential, code) in refused {
        let answer = case(variable.as_deref(), credential).expect(78);
        assert_eq!(answer.findings(), [code]);
    }
}

#[test]
fn a_localhost_that_leads_elsewhere_is_refused() {
    let world = world();
    let hosts = world.path().join("hosts");
    fs::write(&hosts, "10.9.9.9 localhost\n").unwrap();
    let switch = world.path().join("nsswitch.conf");
    fs::write(&switch, "hosts: files\n").unwrap();
    // A mount namespace of its own, in which names are looked up in these files.
    let mut command = Command::new("/usr/bin/unshare");
    if !nix::unistd::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let script = "mount --bind \"$1\" /etc/hosts && mount --bind \"$2\" /etc/nsswitch.conf && shift 2 && exec \"$@\"";
    command.args(["--mount", "/bin/sh", "-c", script, "sh"]).arg(hosts).arg(switch);
    command.arg(binary().get_program()).args(["--env", "prod", "--format", "json", "--config"]);
    command.arg(world.config()).arg("apply").env_clear().env("PATH", "/usr/bin:/bin");
    command.env("DATABASE_URL", world.url("migrator").replace("127.0.0.1", "localhost"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let answer = silent(Answer::of(command)).expect(32);
    assert_eq!(answer.findings(), ["not-this-host"]);
    let message = answer.json()["findings"][0]["message"].to_string();
    assert!(message.contains("10.9.9.9"), "{message}");
}

#[test]
fn a_pooler_that_leads_to_another_database_is_refused() {
    let world = world();
    let other = format!("{}_other", world.database);
    sql("postgres", &format!("CREATE DATABASE {other}"));
    let pooler = Pooler::leading_to(&world, &other);
    for arguments in [&["apply"][..], &["check"], &["baseline"], &["history", "--verify"]] {
        let mut command = world.command(&[arguments, &["--format", "json"]].concat());
        command.env("DATABASE_URL", world.url_at("migrator", pooler.port));
        let answer = silent(Answer::of(command)).expect(32);
        assert_eq!(answer.findings(), ["other-database"]);
        assert_eq!(answer.json()["findings"][0]["subject"], other.as_str());
    }
    let tables = "SELECT count(*) FROM pg_class WHERE relname LIKE 'dreichor%'";
    assert_eq!(sql(&other, tables), "0");
    drop(pooler);
    sql("postgres", &format!("DROP DATABASE {other} WITH (FORCE)"));
}

#[test]
fn who_may_not_sign_on_is_denied() {
    let world = world();
    let url = world.url("runtime");
    let wrong = check(&world, &url.replace("canary", "other")).expect(31);
    assert_eq!(wrong.findings(), ["denied"]);
    let none = check(&world, &url.replace(&format!(":{PASSWORD_ENCODED}"), "")).expect(31);
    assert!(none.stdout.contains("password"), "{none:#?}");
    let stranger = check(&world, &url.replace("_runtime", "_nobody")).expect(31);
    assert_eq!(stranger.findings(), ["denied"]);
    // Signed on, but without the right to read the history.
    world.run(&["apply"]).expect(0);
    world.sql(&format!(
        "REVOKE SELECT ON public.dreichor_schema_migrations FROM {}_runtime",
        world.database
    ));
    let blind = check(&world, &url).expect(31);
    assert!(blind.stdout.contains("42501"), "{blind:#?}");
}

#[test]
fn no_server_and_a_silent_server_are_unreachable_in_time() {
    let world = world();
    let absent = check(&world, &world.url_at("runtime", free_port())).expect(30);
    assert_eq!(absent.findings(), ["unreachable"]);
    // It accepts and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let start = Instant::now();
    let url = format!("{}?connect_timeout=1", world.url_at("runtime", port));
    check(&world, &url).expect(30);
    let took = start.elapsed();
    assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(3), "{took:?}");
    // It speaks another protocol.
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = stranger.local_addr().unwrap().port();
    let answer = std::thread::spawn(move || {
        use std::io::Write as _;
        stranger.accept().unwrap().0.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    });
    check(&world, &world.url_at("runtime", port)).expect(30);
    answer.join().unwrap();
}

#[test]
fn the_password_is_in_no_output_and_in_no_process_list() {
    let world =
        World::with(&[("001_a.sql", "SELECT pg_sleep(0.2);\n"), ("002_b.sql", "SELECT 1/0;")]);
    world.configure("policy = 'standard'");
    for arguments in [
        &["plan"][..],
        &["status"],
        &["check"],
        &["probe"],
        &["history"],
        &["baseline"],
        &["provision"],
        &["new", "x"],
        &["requirement", "init"],
        &["apply", "--env", "nothing"],
        &["apply", "--atomic", "plan"],
    ] {
        for more in
            [["--format", "json", "-vv"], ["--log", "json", "-vv"], ["--log", "text", "-vv"]]
        {
            silent(Answer::of(world.command(&[arguments, &more].concat())));
        }
    }
    world.write("001_a.sql", "SELECT pg_sleep(60);\n");
    let run = Running::start(world.command(&["apply", "-vv", "--log", "json"]));
    until("the migration runs", || {
        world.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' \
            AND datname = current_database()",
        ) == "1"
    });
    let words = fs::read(format!("/proc/{}/cmdline", run.pid())).unwrap();
    let words = String::from_utf8(words).unwrap();
    assert!(words.contains("apply") && !words.contains("canary"), "{words}");
    let mut server = crate::support::server::psql("postgres");
    server.env("PGAPPNAME", "look");
    let seen = feed(server, "SELECT application_name, query FROM pg_stat_activity;").unwrap();
    assert!(!seen.contains("canary"), "{seen}");
    run.signal(nix::sys::signal::Signal::SIGTERM);
    silent(run.end_within(SOON)).expect(42);
}
