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

/// Rows of the table: what is measured, its floor, the most that the ratio may be.
struct Row {
    name: String,
    floor: &'static str,
    most: f64,
    pair: Pair,
}

const COUNT: &str = "select count(*) from public.dreichor_schema_migrations";
const MEMORY_MIB: f64 = 8.0;

fn main() -> ExitCode {
    let quick = std::env::args().any(|word| word == "--quick");
    let (check_runs, apply_runs) = if quick { (7, 1) } else { (41, 7) };
    let mut rows = Vec::new();
    for (size, most) in [(10, 0.5), (1_000, 0.6), (5_000, 1.0)] {
        let scene = Scene::new(size);
        scene.fresh();
        run(&mut scene.program(&["apply", "--atomic", "plan"]));
        let pair = measure(
            check_runs,
            || scene.program(&["check"]),
            || scene.psql(&["-Atc", COUNT]),
            || {},
        );
        let (name, floor) = (format!("check, {size} migrations"), "psql count(*)");
        rows.push(Row { name, floor, most, pair });
        if size == 1_000 {
            let script = scene.floor_script();
            for (arguments, most) in
                [(vec!["apply"], 0.9), (vec!["apply", "--atomic", "plan"], 0.3)]
            {
                let pair = measure(
                    apply_runs,
                    || scene.program(&arguments),
                    || scene.psql(&["-f", script.to_str().expect("UTF-8")]),
                    || scene.fresh(),
                );
                let name = format!("{}, {size} from empty", arguments.join(" "));
                rows.push(Row { name, floor: "psql, a transaction each", most, pair });
            }
        }
    }
    let version = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dreichor-migrate"));
        command.arg("--version");
        command
    };
    let pair = measure(check_runs, version, || Command::new("/bin/true"), || {});
    print(&rows, &pair);
    ExitCode::SUCCESS
}

fn run(command: &mut Command) {
    let output = command.output().expect("the command starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn print(rows: &[Row], version: &Pair) {
    println!("| what | median ms | floor | median ms | ratio | most | peak MiB | met |");
    println!("|---|---:|---|---:|---:|---:|---:|---|");
    for row in rows {
        let (ours, floor) = (row.pair.ours.milliseconds(), row.pair.floor.milliseconds());
        let (ratio, peak) = (row.pair.ratio(), row.pair.ours.peak_mib());
        let met = ratio <= row.most && peak <= MEMORY_MIB;
        println!(
            "| {} | {ours:.1} | {} | {floor:.1} | {ratio:.2} | {:.1} | {peak:.1} | {} |",
            row.name,
            row.floor,
            row.most,
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
