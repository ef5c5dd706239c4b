//! A deploy over HTTP: a real agent, `packaging/examples/deploy-agent.mjs` under Node.js as its own
//! user, asks the hook before it replaces a container. docs/deploy-agent.md is run as it stands
//! there. Must never take an answer alone for a proof: each looks at the process that runs.

use crate::host::{APPLY, GATE, RUNTIME, assert_tells};
use crate::machine::{Answer, Machine, made};
use crate::page::{blocks, script};
use serde_json::{Value, json};

const PAGE: &str = "docs/deploy-agent.md";
const AGENT: &str = "dreichor-deploy-agent@prod";
const RELEASES: &str = include_str!("deploying.sh");

/// The runtime's role and its password, as in the agent's URL.
const PASSWORD: &str = "runtime-canary";

/// A host with the releases in a registry of its own, the agent at work, and all migrations that
/// the package brings applied; nothing is deployed.
fn host() -> Machine {
    let host = Machine::host();
    host.must(RELEASES);
    host.must(&script(PAGE, "setup"));
    host.sql("prod", &format!("ALTER ROLE dreichor_prod_runtime PASSWORD '{PASSWORD}'"));
    host.must("install -d -m 700 /etc/credstore");
    host.write(
        "/etc/credstore/dreichor-deploy.prod.database-url",
        &format!("postgres://dreichor_prod_runtime:{PASSWORD}@127.0.0.1:5432/dreichor_prod"),
    );
    host.write("/etc/dreichor/deploy-prod.conf", "DEPLOY_SOURCE=oci:/srv/images/runtime\n");
    // A polkitd that runs already takes up a new rule only a moment later.
    host.must(&format!("systemctl try-restart polkit && systemctl enable --quiet --now {AGENT}"));
    host.await_that("curl -s http://127.0.0.1:8700/");
    host.must(&format!("systemctl start {APPLY}"));
    host
}

/// The host with release 1.0 deployed, which supports the schema of the next migration too.
fn running() -> Machine {
    let host = host();
    assert_eq!(accepted(&host, "1.0"), json!(null));
    host
}

/// What the agent answers to a request: HTTP status and body.
fn posted(host: &Machine, request: &str) -> (u16, Value) {
    let answer = host.must(&format!("curl -sS -w '\\n%{{http_code}}' {request}"));
    let (body, status) = answer.trim().rsplit_once('\n').expect("a status behind the body");
    assert_eq!(body.lines().count(), 1, "{answer}");
    assert!(!answer.contains("canary"), "the password is shown: {answer}");
    let status = status.parse().expect("a number");
    (status, serde_json::from_str(body).expect("a body of JSON"))
}

fn request(release: &str) -> String {
    format!(
        "-H 'content-type: application/json' -d '{{\"release\": \"{release}\"}}' http://127.0.0.1:8700/deploy"
    )
}

fn deploy(host: &Machine, release: &str) -> (u16, Value) {
    posted(host, &request(release))
}

/// What tells one run of the runtime from another: process, start, restarts, and container.
fn process(host: &Machine) -> String {
    let properties = ["MainPID", "InvocationID", "ExecMainStartTimestampMonotonic", "NRestarts"];
    let unit = properties.map(|name| host.property(RUNTIME, name)).join(" ");
    let container = "podman inspect --format '{{.Id}} {{.State.Pid}}' dreichor-runtime-prod";
    format!("{unit} {}", host.must(container).trim())
}

/// Deploys a release that must be accepted: another process runs, and it is that release which
/// answers. Gives what it replaced.
fn accepted(host: &Machine, release: &str) -> Value {
    let before = host.property(RUNTIME, "MainPID");
    let (status, body) = deploy(host, release);
    assert_eq!((status, &body["deployed"]), (200, &json!(true)), "{body:#}\n{}", host.told("-b"));
    assert_eq!(body["release"], release);
    assert_ne!(host.property(RUNTIME, "MainPID"), before);
    assert!(host.runtime_runs());
    host.await_that(&format!("[[ $(curl -sS http://127.0.0.1:8090/release) == {release} ]]"));
    body["replaced"].clone()
}

/// Deploys a release that must be refused, with the running one, 1.0, left as it is.
fn refused(host: &Machine, release: &str, status: u16, code: &str) -> Value {
    let before = process(host);
    let (found, body) = deploy(host, release);
    assert_eq!((found, &body["code"]), (status, &json!(code)), "{body:#}\n{}", host.told("-b"));
    assert_untouched(host, &before, &body);
    body
}

fn assert_untouched(host: &Machine, before: &str, body: &Value) {
    assert_eq!((&body["deployed"], &body["current"]), (&json!(false), &json!("1.0")), "{body:#}");
    for member in ["reason", "remedy"] {
        assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {body:#}");
    }
    assert_eq!(process(host), before);
    assert!(host.runtime_runs());
    assert_eq!(host.must("curl -sS http://127.0.0.1:8090/release"), "1.0\n");
    // What was fetched to be judged is gone.
    let left = host.must("cd /var/lib/dreichor-deploy/prod/releases && echo *");
    assert_eq!(left.split_whitespace().count(), 1, "{left}");
    assert!(left.starts_with("1.0."), "{left}");
}

/// The JSON that the page shows.
fn shown(name: &str) -> Value {
    let block = blocks(PAGE).into_iter().find(|block| block.proof.as_deref() == Some(name));
    serde_json::from_str(&block.expect("the page shows it").text).expect("JSON")
}

#[test]
fn a_release_is_replaced_only_after_a_yes() {
    let host = running();
    let agent = host.property(AGENT, "MainPID");
    assert_eq!(host.must(&format!("stat -c %U /proc/{agent}")), "dreichor-deploy\n");

    // What it requires is not even installed, then installed and not applied.
    let body = refused(&host, "1.1", 409, "behind");
    assert_eq!(body["findings"][0]["code"], "unknown-requirement");
    host.copy(&made("DREICHOR_PACKAGE_LATER"), "/root/later.deb");
    host.must("apt-get install -y /root/later.deb </dev/null");
    assert_eq!(refused(&host, "1.1", 409, "behind"), shown("refused"));
    let told = host.told(&format!("-b -u {RUNTIME}"));
    assert!(told.contains("Started ") && !told.contains("Stopping "), "{told}");

    host.must(&format!("systemctl start {APPLY}"));
    assert_eq!(accepted(&host, "1.1"), json!("1.0"));

    // Back to the older release, which knows the newer schema, and on again.
    assert_eq!(accepted(&host, "1.0"), json!("1.1"));
    // One that does not know it is refused.
    let body = refused(&host, "0.9", 409, "ahead");
    assert_tells(body["reason"].as_str().expect("a text"), &["supports the schema only up to"]);
    let (status, body) = deploy(&host, "1.1");
    assert_eq!((status, body), (200, shown("accepted")));
    assert_eq!(host.property(AGENT, "MainPID"), agent);
}

#[test]
fn what_cannot_be_judged_is_refused_and_the_release_runs_on() {
    let host = running();
    let body = refused(&host, "broken-requirement", 503, "config");
    assert_tells(body["reason"].as_str().expect("a text"), &["requirement.toml:1:"]);
    refused(&host, "no-requirement", 422, "no-requirement");
    refused(&host, "2.0", 502, "not-fetched");
    for (more, status) in [
        (request("../1.0"), 400),
        (request(""), 400),
        ("-d '{\"release\": \"1.0\"}' http://127.0.0.1:8700/deploy".to_owned(), 400),
        ("http://127.0.0.1:8700/deploy".to_owned(), 404),
    ] {
        let before = process(&host);
        let (found, body) = posted(&host, &more);
        assert_eq!((found, &body["deployed"]), (status, &json!(false)), "{more}: {body:#}");
        assert_eq!(process(&host), before);
    }

    host.must("systemctl stop postgresql@15-main");
    let body = refused(&host, "1.0", 503, "unreachable");
    assert_eq!((&body["exit_code"], &body["compatible"]), (&json!(30), &json!(false)));
    host.must("systemctl start postgresql@15-main");

    // The hook, and the program behind it, are gone.
    for file in ["/usr/lib/dreichor/deploy-agent/pre-start", "/usr/bin/dreichor-migrate"] {
        host.must(&format!("mv {file} /root/away"));
        refused(&host, "1.0", 503, "internal");
        host.must(&format!("mv /root/away {file}"));
    }

    // While one deploy waits for its answer, another is sent away.
    let before = process(&host);
    let lock = "LOCK TABLE public.dreichor_schema_migrations; SELECT pg_sleep(60)";
    let psql = "cd / && runuser -u postgres -- psql -X -q -d dreichor_prod -c";
    let holder = host.spawn(&format!("{psql} '{lock}'"));
    let sleeps = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    host.await_that(&format!("{psql} \"SELECT 1 / count(*) {sleeps}\""));
    let first = host.spawn(&format!("curl -sS {}", request("1.0")));
    host.await_that("grep -qx dreichor-migrat /proc/[0-9]*/comm");
    let (status, body) = deploy(&host, "1.0");
    assert_eq!((status, &body["code"]), (503, &json!("deploying")), "{body:#}");
    let first: Value = serde_json::from_str(&first.end().stdout).expect("a body of JSON");
    assert_eq!((&first["code"], &first["exit_code"]), (&json!("timed-out"), &json!(41)));
    assert_untouched(&host, &before, &first);
    host.sql("prod", &format!("SELECT pg_terminate_backend(pid) {sleeps}"));
    holder.end();

    assert_eq!(accepted(&host, "1.0"), json!("1.0"));
    let told = host.told(&format!("-b -u {AGENT}"));
    assert!(told.contains("unreachable") && !told.contains("canary"), "{told}");
}

#[test]
fn a_release_that_does_not_start_gives_way_to_the_old_one() {
    let host = running();
    let (status, body) = deploy(&host, "cannot-start");
    assert_eq!(
        (status, &body["code"], &body["current"]),
        (500, &json!("not-started"), &json!("1.0"))
    );
    assert_tells(body["reason"].as_str().expect("a text"), &["release '1.0' runs"]);
    assert_tells(&body["journal"].to_string(), &["executable file `/bin/nothing` not found"]);
    host.await_that("[[ $(curl -sS http://127.0.0.1:8090/release) == 1.0 ]]");

    // The gate says no after the probe has said yes: it signs on with a URL of its own.
    host.must("cp /etc/dreichor/migrate/prod.env /root/ && sed -i s/canary/wrong/ /etc/dreichor/migrate/prod.env");
    let (status, body) = deploy(&host, "1.0");
    assert_eq!(
        (status, &body["code"], &body["current"]),
        (500, &json!("not-started"), &json!("1.0"))
    );
    assert_tells(body["reason"].as_str().expect("a text"), &["nothing runs", "A dependency job"]);
    assert_tells(&body["journal"].to_string(), &["password authentication failed", "exit 31"]);
    assert!(!host.runtime_runs(), "it runs without its gate");
    host.must("cp /root/prod.env /etc/dreichor/migrate/");
    accepted(&host, "1.0");

    // Where the gate is masked no job is made, and what runs is not stopped.
    host.must(&format!("systemctl mask --quiet {GATE}"));
    let before = process(&host);
    let (status, body) = deploy(&host, "1.0");
    assert_eq!((status, &body["code"]), (500, &json!("not-started")), "{body:#}");
    assert_tells(body["reason"].as_str().expect("a text"), &["release '1.0' runs", "masked"]);
    assert_eq!(process(&host), before);
}

#[test]
fn after_a_crash_of_the_host_the_deployed_release_runs_and_the_next_can_be_deployed() {
    let host = running();
    host.enable_runtime();
    host.must("sync");
    host.kill();
    host.on();
    host.await_that("[[ $(curl -sS http://127.0.0.1:8090/release) == 1.0 ]]");
    host.await_that("curl -s http://127.0.0.1:8700/");
    refused(&host, "1.1", 409, "behind");
    assert_eq!(accepted(&host, "1.0"), json!("1.0"));
}

#[test]
fn the_agent_can_restart_one_unit_and_nothing_else() {
    let host = running();
    let restart = format!("systemctl --no-ask-password restart {RUNTIME}");
    let answer = by_agent(&host, &restart);
    assert_eq!(answer.code, 0, "{answer:#?}");
    for command in [
        format!("systemctl --no-ask-password stop {RUNTIME}"),
        format!("systemctl --no-ask-password kill {RUNTIME}"),
        format!("systemctl --no-ask-password mask {GATE}"),
        format!("systemctl --no-ask-password start {APPLY}"),
        format!("systemctl --no-ask-password start {GATE}"),
        "systemctl --no-ask-password restart dreichor-runtime@dev".to_owned(),
        "systemctl --no-ask-password restart postgresql".to_owned(),
        "cat /etc/dreichor/migrate/prod.env".to_owned(),
        "podman run oci:/srv/images/runtime:1.1".to_owned(),
    ] {
        let answer = by_agent(&host, &command);
        assert_ne!(answer.code, 0, "{command}\n{answer:#?}");
    }
    assert!(host.runtime_runs());
    let agents = "SELECT has_table_privilege('dreichor_prod_runtime', 'public.dreichor_schema_migrations', 'INSERT')";
    assert_eq!(host.sql("prod", agents), "f\n");

    // The page's line for a shell, with the agent's URL.
    let line = format!("{}\necho deployed", script(PAGE, "shell"));
    host.write("/srv/shell", &line);
    host.must(
        "mkdir -p /srv/new && echo 'requires = \"004_add_orders.sql\"' >/srv/new/requirement.toml",
    );
    let answer = by_agent(&host, "bash /srv/shell");
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert_tells(&answer.stdout, &["not deployed: {\"code\":\"behind\",\"compatible\":false,"]);
    host.must("echo 'requires = \"003_add_decision_memory.sql\"' >/srv/new/requirement.toml");
    let answer = by_agent(&host, "bash /srv/shell");
    assert_eq!((answer.code, answer.stdout.as_str()), (0, "deployed\n"), "{answer:#?}");
}

/// What a service of the agent's user runs, with the agent's credential.
fn by_agent(host: &Machine, command: &str) -> Answer {
    host.run(&format!(
        "systemd-run --quiet --pipe --wait --collect --uid=dreichor-deploy \
         --property=LoadCredential=database-url:dreichor-deploy.prod.database-url \
         sh -c '{command}' </dev/null"
    ))
}
