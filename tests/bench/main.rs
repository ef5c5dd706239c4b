//! The benchmark: whole processes, each paired with its floor in the same run, on a
//! PostgreSQL with SCRAM over loopback and default durability. `scripts/bench` starts it.
//!
//! It prints medians, the ratio of the medians of each pair, and the peak memory as the
//! kernel counts it. It must never compare across runs: machines drift.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on has failed, and its table is its output"
)]

mod measure;
mod scene;

use measure::{Pair, measure};
use scene::Scene;
use std::process::{Command, ExitCode};

/// What a measurement may be at most.
enum Most {
    /// Times its floor.
    Ratio(f64),
    /// Milliseconds.
    Time(f64),
}

/// Rows of the table: what is measured, its floor, and the most that it may be.
struct Row {
    name: String,
    floor: &'static str,
    most: Most,
    memory_mib: f64,
    pair: Pair,
}

const COUNT: &str = "select count(*) from public.dreichor_schema_migrations";
const MEMORY_MIB: f64 = 8.0;

/// Which rows are measured, and how often.
struct Wish {
    only: Option<String>,
    check_runs: usize,
    apply_runs: usize,
}

impl Wish {
    fn wants(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| name.contains(only))
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    let quick = words.iter().any(|word| word == "--quick");
    let only = words.iter().position(|word| word == "--only").map(|at| words[at + 1].clone());
    let (check_runs, apply_runs) = if quick { (7, 1) } else { (41, 7) };
    let wish = Wish { only, check_runs, apply_runs };
    let mut rows = Vec::new();
    history(&wish, &mut rows);
    schema(&wish, &mut rows);
    let version = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dreichor-migrate"));
        command.arg("--version");
        command
    };
    let pair = measure(check_runs, version, || Command::new("/bin/true"), || {});
    print(&rows, &pair);
    ExitCode::SUCCESS
}

/// What a command costs by the length of the history.
fn history(wish: &Wish, rows: &mut Vec<Row>) {
    for (size, most) in [(10, 0.5), (1_000, 0.6), (5_000, 1.0)] {
        let name = format!("check, {size} migrations");
        let applies = [(vec!["apply"], 0.9), (vec!["apply", "--atomic", "plan"], 0.3)].map(
            |(arguments, most)| {
                (format!("{}, {size} from empty", arguments.join(" ")), arguments, most)
            },
        );
        let wanted = applies.iter().filter(|it| size == 1_000 && wish.wants(&it.0));
        let wanted: Vec<_> = wanted.collect();
        if !wish.wants(&name) && wanted.is_empty() {
            continue;
        }
        let scene = Scene::new(size);
        scene.fresh();
        run(&mut scene.program(&["apply", "--atomic", "plan"]));
        if wish.wants(&name) {
            let pair = measure(
                wish.check_runs,
                || scene.program(&["check"]),
                || scene.psql(&["-Atc", COUNT]),
                || {},
            );
            let (floor, most) = ("psql count(*)", Most::Ratio(most));
            rows.push(Row { name, floor, most, memory_mib: MEMORY_MIB, pair });
        }
        if wanted.is_empty() {
            continue;
        }
        let script = scene.floor_script();
        for (name, arguments, most) in wanted {
            let pair = measure(
                wish.apply_runs,
                || scene.program(arguments),
                || scene.psql(&["-f", script.to_str().expect("UTF-8")]),
                || scene.fresh(),
            );
            let (name, floor) = (name.clone(), "psql, a transaction each");
            let most = Most::Ratio(*most);
            rows.push(Row { name, floor, most, memory_mib: MEMORY_MIB, pair });
        }
    }
}

/// What a check costs that reads the live schema, by what is in it.
fn schema(wish: &Wish, rows: &mut Vec<Row>) {
    let own = "check with fingerprint, Dreichor's schema";
    if wish.wants(own) {
        let scene = Scene::own();
        scene.fresh();
        run(&mut scene.program(&["apply"]));
        let pair = measure(
            wish.check_runs,
            || scene.program(&["check"]),
            || scene.psql(&["-Atc", COUNT]),
            || {},
        );
        let (name, floor, most) = (own.to_owned(), "psql count(*)", Most::Ratio(0.8));
        rows.push(Row { name, floor, most, memory_mib: MEMORY_MIB, pair });
    }
    for (number, columns, most, memory_mib) in
        [(500, "5,000", Most::Ratio(3.0), 16.0), (5_000, "50,000", Most::Time(1_000.0), 64.0)]
    {
        let name = format!("check with fingerprint, {number} tables, {columns} columns");
        if !wish.wants(&name) {
            continue;
        }
        let scene = Scene::tables(number);
        scene.fresh();
        run(&mut scene.program(&["apply"]));
        scene.seal();
        let pair = measure(
            wish.check_runs,
            || scene.program(&["check"]),
            || scene.psql(&["-Atc", COUNT]),
            || {},
        );
        rows.push(Row { name, floor: "psql count(*)", most, memory_mib, pair });
    }
}

fn run(command: &mut Command) {
    let output = command.output().expect("the command starts");
    let said = [output.stderr, output.stdout].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

fn print(rows: &[Row], version: &Pair) {
    println!("| what | median ms | floor | median ms | ratio | most | peak MiB | met |");
    println!("|---|---:|---|---:|---:|---:|---:|---|");
    for row in rows {
        let (ours, floor) = (row.pair.ours.milliseconds(), row.pair.floor.milliseconds());
        let (ratio, peak) = (row.pair.ratio(), row.pair.ours.peak_mib());
        let (is_met, most) = match row.most {
            Most::Ratio(most) => (ratio <= most, format!("{most:.1}")),
            Most::Time(most) => (ours <= most, format!("{most:.0} ms")),
        };
        let met = is_met && peak <= row.memory_mib;
        println!(
            "| {} | {ours:.1} | {} | {floor:.1} | {ratio:.2} | {most} | {peak:.1} | {} |",
            row.name,
            row.floor,
            if met { "yes" } else { "no" }
        );
    }
    let (ours, peak) = (version.ours.milliseconds(), version.ours.peak_mib());
    println!(
        "| --version | {ours:.2} | /bin/true | {:.2} | {:.2} | 2 ms | {peak:.1} | {} |",
        version.floor.milliseconds(),
        version.ratio(),
        if ours <= 2.0 && peak <= MEMORY_MIB { "yes" } else { "no" }
    );
    println!(
        "\npeak of /bin/true, which the harness adds to every small process: {:.1} MiB",
        version.floor.peak_mib()
    );
}
