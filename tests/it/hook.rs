//! The deploy agent's hook, `packaging/deploy-agent/pre-start`: it prints one line of JSON in every
//! case, with the program's own answer where there is a whole one, and takes nothing else for a
//! yes.

use crate::probe::line;
use crate::support::World;
use crate::support::program::Answer;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const HOOK: &str = include_str!("../../packaging/deploy-agent/pre-start");

/// The hook, with another program in the place of the installed one.
struct Hook {
    home: TempDir,
}

impl Hook {
    fn new() -> Self {
        let hook = Self { home: tempfile::tempdir().unwrap() };
        let installed = "program=/usr/bin/dreichor-migrate\n";
        assert_eq!(HOOK.matches(installed).count(), 1);
        let ours = format!("program={}\n", hook.program().display());
        // A program that hangs is ended after 15 s; a test has less patience.
        assert_eq!(HOOK.matches("--kill-after=2 15 ").count(), 1);
        let text = HOOK.replace(installed, &ours).replace("=2 15 ", "=1 12 ");
        write_program(&hook.path(), &text);
        hook
    }

    /// In front of a program that is this script.
    fn before(script: &str) -> Self {
        let hook = Self::new();
        write_program(&hook.program(), &format!("#!/bin/sh\n{script}\n"));
        hook
    }

    /// In front of the binary, with the configuration of a world.
    fn of(world: &World) -> Self {
        let (binary, config) = (env!("CARGO_BIN_EXE_dreichor-migrate"), world.config());
        Self::before(&format!("exec '{binary}' --config '{}' \"$@\"", config.display()))
    }

    fn path(&self) -> PathBuf {
        self.home.path().join("pre-start")
    }

    fn program(&self) -> PathBuf {
        self.home.path().join("program")
    }

    fn call(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.path());
        command.env_clear().args(words);
        command
    }
}

/// By another process: a descriptor of this one, open for writing, may be inherited by whatever
/// another test starts in that moment, and the file could then not be run.
fn write_program(path: &Path, text: &str) {
    let mut command = Command::new("install");
    command.args(["-m", "755", "/dev/stdin"]).arg(path).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_answers_as_the_program_does() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();\n")]);
    let hook = Hook::of(&world);
    let ask = |words: &[&str], code: i32, name: &str| {
        let mut command = hook.call(words);
        command.env("DATABASE_URL", world.url("runtime"));
        let line = line(&Answer::of(command).expect(code));
        assert_eq!(line["code"], name);
        line
    };
    assert_eq!(ask(&["prod"], 10, "behind")["findings"][0]["code"], "never-migrated");
    world.run(&["apply"]).expect(0);
    assert_eq!(ask(&["prod"], 0, "ok")["environment"], "prod");
    // A path with what breaks careless quoting.
    let file = world.path().join("of 'a' \"release\" $(x).toml");
    fs::write(&file, "requires = \"002_b.sql\"\n").unwrap();
    let file = file.display().to_string();
    let line = ask(&["prod", &file], 10, "behind");
    assert_eq!(line["findings"][0]["subject"], "002_b.sql");
    ask(&["prod", "/nowhere"], 78, "config");
    ask(&["--help"], 78, "config");
    ask(&["nowhere"], 78, "config");
}

#[test]
fn the_url_is_the_agents_own_or_there_is_no_answer() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();\n")]);
    world.run(&["apply"]).expect(0);
    let hook = Hook::of(&world);
    assert_eq!(line(&Answer::of(hook.call(&["prod"])).expect(78))["code"], "config");
    // The service manager's credential is as good as the variable.
    fs::write(hook.home.path().join("database-url"), world.url("runtime")).unwrap();
    let mut command = hook.call(&["prod"]);
    command.env("CREDENTIALS_DIRECTORY", hook.home.path());
    line(&Answer::of(command).expect(0));
}

#[test]
fn a_wrong_call_is_answered_and_nothing_is_asked() {
    let hook = Hook::before("echo called >\"$0.called\"; exit 1");
    for words in [&[][..], &[""], &["prod", ""], &["prod", "a", "b"], &["", "requirement.toml"]] {
        assert_eq!(line(&Answer::of(hook.call(words)).expect(2))["code"], "usage", "{words:?}");
    }
    assert!(!hook.home.path().join("program.called").exists());
}

#[test]
fn without_the_program_there_is_an_answer_and_no_yes() {
    let hook = Hook::new();
    let answer = Answer::of(hook.call(&["prod"])).expect(1);
    assert_eq!(line(&answer)["code"], "internal");
    fs::write(hook.program(), "not executable").unwrap();
    assert_eq!(line(&Answer::of(hook.call(&["prod"])).expect(1))["code"], "internal");
}

#[test]
fn what_is_no_whole_answer_is_never_a_yes() {
    let yes = r#"{"code":"ok","compatible":true,"remedy":null}"#;
    let no = r#"{"code":"behind","compatible":false,"remedy":"x"}"#;
    let escaped = r#"{"reason":"\"compatible\":true,"}"#;
    for script in [
        "exit 0".to_owned(),
        "exit 10".to_owned(),
        "kill -KILL $$".to_owned(),
        "echo compatible".to_owned(),
        format!("echo '{no}'; exit 0"),
        format!("echo '{yes}'; exit 10"),
        format!("echo '{yes}'; echo '{yes}'"),
        format!("echo 'warning: more'; echo '{yes}'"),
        format!("printf '%s' '{escaped}'; exit 0"),
        r#"printf '{"code":"ok","compatible":true,"rem'"#.to_owned(),
        "echo noise >&2; exit 0".to_owned(),
    ] {
        let answer = Answer::of(Hook::before(&script).call(&["prod"])).expect(1);
        let line = line(&answer);
        assert_eq!(
            (&line["code"], &line["compatible"]),
            (&"internal".into(), &false.into()),
            "{script}"
        );
    }
    // What the program says beside its answer stays beside it.
    let answer = Answer::of(Hook::before(&format!("echo noise >&2; echo '{yes}'")).call(&["prod"]));
    assert_eq!((answer.code, answer.stdout.trim_end()), (0, yes), "{answer:#?}");
    assert_eq!(answer.stderr, "noise\n");
}

#[test]
fn an_answer_that_nobody_can_read_is_no_yes() {
    let yes = r#"echo '{"code":"ok","compatible":true,"remedy":null}'"#;
    let hook = Hook::before(yes);
    let mut command = hook.call(&["prod"]);
    command.stdout(fs::File::options().write(true).open("/dev/full").unwrap());
    assert_eq!(command.output().unwrap().status.code(), Some(1));
}

#[test]
fn it_is_bounded_by_the_programs_deadline_and_by_its_own() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();\n")]);
    world.configure("connect_timeout = '60s'");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = Hook::of(&world);
    let mut asking = hook.call(&["prod"]);
    asking.env("DATABASE_URL", world.url_at("runtime", silent.local_addr().unwrap().port()));
    let hanging = Hook::before("trap '' TERM; while :; do sleep 1; done");
    let hanging = hanging.call(&["prod"]);
    std::thread::scope(|scope| {
        for (command, code, least) in [(asking, 30, 10), (hanging, 1, 12)] {
            scope.spawn(move || {
                let start = Instant::now();
                line(&Answer::of(command).expect(code));
                let (took, least) = (start.elapsed(), Duration::from_secs(least));
                assert!(took >= least && took < least + Duration::from_secs(5), "{took:?}");
            });
        }
    });
}
