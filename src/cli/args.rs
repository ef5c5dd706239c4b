//! Owns what can be typed, and the words that explain it: help, man page and completions are
//! all made from here. Must never act on what was typed.

mod value;

use crate::core::digest::Digest;
use crate::core::rehearsal::Data;
use crate::core::version::Version;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;
use value::{
    parse_deadline, parse_digest, parse_duration, parse_expiry, parse_part, parse_version,
};

/// Explicit, forward-only schema migrations for PostgreSQL, and a read-only schema gate.
///
/// An operator applies plain-SQL migrations by an explicit act; the runtime never migrates.
/// Each command works on one environment, which is never defaulted: --env NAME.
#[derive(Debug, Parser)]
#[command(name = "dreichor-migrate", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Arguments {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The environment to work on, as declared in the configuration; never defaulted
    #[arg(long = "env", global = true, value_name = "NAME")]
    pub environment: Option<String>,
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE", default_value = "/etc/dreichor/migrate.toml")]
    pub config: PathBuf,
    /// The migration directory, in place of the configured one
    #[arg(long, global = true, value_name = "DIR")]
    pub migrations: Option<PathBuf>,
    /// The form of the answer on standard output
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Where the log goes; auto is the journal under systemd, standard error elsewhere
    #[arg(long, global = true, value_enum, default_value_t = LogForm::Auto)]
    pub log: LogForm,
    /// Colours; auto is on a terminal, and never against NO_COLOR
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub color: ColorChoice,
    /// Log more; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Log errors only, and show no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// The form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Calm text for people.
    Human,
    /// One JSON document, for failures too.
    Json,
}

/// Where the log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    /// The journal where standard error leads there, otherwise text.
    Auto,
    /// The journal, natively.
    Journal,
    /// Lines of text on standard error.
    Text,
    /// One JSON object a line on standard error.
    Json,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much of a run is one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AtomicChoice {
    /// Each migration together with its history rows.
    Migration,
    /// All pending migrations together: all or nothing.
    Plan,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what apply would do, in order, and the plan's digest
    Plan(PlanArguments),
    /// Approve a plan for an environment, with an SSH key; needs no database
    Approve(ApproveArguments),
    /// Apply the pending migrations, in order, until the first failure
    Apply(ApplyArguments),
    /// Judge the migration set by the rules of the policy; needs no database and no environment
    ///
    /// Without --env the profile is strict, and audit_events and snapshots are protected; with
    /// it, profile and tables are the environment's. What is refused here, plan and apply refuse.
    Lint(LintArguments),
    /// Show what is applied, when and by whom, and what is pending
    Status,
    /// Ask whether this release may run on this schema; writes nothing
    Check(CheckArguments),
    /// Ask as a deploy agent does, before it touches the running release; writes nothing
    ///
    /// The question is that of check. The answer is one line of JSON on standard output, for
    /// every outcome and whatever --format says.
    Probe(ProbeArguments),
    /// Compare the live schema with the sealed one, object by object; writes nothing
    Verify,
    /// Seal the migrations: the bytes of each, and the schema that it makes on a scratch database
    Seal(SealArguments),
    /// Apply the plan to a twin of the environment, and report what each statement does there
    ///
    /// The twin is a scratch database on a server that the program starts, or on the one that
    /// SCRATCH_DATABASE_URL names; it is removed afterwards. The environment's own database is
    /// only read.
    Rehearse(RehearseArguments),
    /// Show the history log, or recompute its chain of hashes
    History(HistoryArguments),
    /// Put all that is known of one run into a directory for reviewers, or check such a directory
    Evidence(EvidenceArguments),
    /// Take over a database whose history has no checksums
    Baseline(BaselineArguments),
    /// Print the SQL that creates an environment's roles, database and grants; never connects
    Provision,
    /// Make the next migration file, with a header that reminds of the rules
    New(NewArguments),
    /// Make the requirement that a release ships
    #[command(subcommand)]
    Requirement(RequirementCommand),
}

/// What `plan` takes.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// Write the plan to this file, which must not exist, to be read and approved
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Put this rehearsal of the plan into it, in place of the one that is kept
    #[arg(long, value_name = "FILE", requires = "out")]
    pub rehearsal: Option<PathBuf>,
}

/// What `approve` takes.
#[derive(Debug, Args)]
pub struct ApproveArguments {
    /// The plan file that 'plan --out' wrote, or the digest alone that 'plan' showed
    #[arg(long, value_name = "FILE|DIGEST")]
    pub plan: String,
    /// What the approval refers to, for example a work order
    #[arg(long, value_name = "TEXT")]
    pub reference: String,
    /// How long the approval counts, at most 24 days
    #[arg(long, value_name = "DURATION", value_parser = parse_expiry, default_value = "7d")]
    pub expires: Duration,
    /// Who approves, as the allowed signers name them; by default whose key it is
    #[arg(long, value_name = "PRINCIPAL")]
    pub approver: Option<String>,
    /// The private key, or the public one of a key that ssh-agent holds; without it nothing is signed
    #[arg(long, value_name = "FILE", conflicts_with = "unsigned")]
    pub key: Option<PathBuf>,
    /// The directory for the statement and its signature, in place of the one in the state directory
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only write the statement, and show the command that signs it
    #[arg(long)]
    pub unsigned: bool,
}

/// What `lint` takes.
#[derive(Debug, Args)]
pub struct LintArguments {
    /// The profile to judge by, in place of the environment's
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub profile: Option<ProfileChoice>,
    /// Judge only migrations after this one; those up to it are read for what they make
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub since: Option<Version>,
    /// Write the findings as SARIF 2.1.0 to this file too, for systems that annotate code
    #[arg(long, value_name = "FILE")]
    pub sarif: Option<PathBuf>,
}

/// How much a migration may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProfileChoice {
    /// Schema changes only.
    Strict,
    /// What every profile refuses is refused, the rest is warned of.
    Standard,
}

/// What `apply` takes.
#[derive(Debug, Args)]
pub struct ApplyArguments {
    /// Apply only if the plan still has this digest, as 'plan' showed it
    #[arg(long, value_name = "DIGEST", value_parser = parse_digest)]
    pub plan: Option<Digest>,
    /// How much is one transaction, in place of the configuration
    #[arg(long, value_enum, value_name = "UNIT")]
    pub atomic: Option<AtomicChoice>,
    /// Wait so long for another run to end, for example 30s; without it, not at all
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub wait: Option<Duration>,
}

/// What `check` takes.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Keep trying to connect for so long, for example 60s at boot; without it, once
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub connect_deadline: Option<Duration>,
    /// The requirement file of the release, in place of the configured one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["requires", "supports_up_to"])]
    pub requirement: Option<PathBuf>,
    /// The newest migration that must be applied, in place of what is configured
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub requires: Option<Version>,
    /// The newest migration that may be applied; by default the required one
    #[arg(long, value_name = "VERSION", value_parser = parse_version, requires = "requires")]
    pub supports_up_to: Option<Version>,
}

/// What `probe` takes.
#[derive(Debug, Args)]
pub struct ProbeArguments {
    /// The requirement file of the new release, in place of the configured one
    #[arg(long, value_name = "FILE")]
    pub requirement: Option<PathBuf>,
    /// Give the answer within so long, connecting and all; what has none by then is unreachable
    #[arg(long, value_name = "DURATION", value_parser = parse_deadline, default_value = "10s")]
    pub deadline: Duration,
}

/// What `history` takes.
#[derive(Debug, Args)]
pub struct HistoryArguments {
    /// Recompute the chain of hashes over the whole log and say where it breaks
    #[arg(long, conflicts_with_all = ["migration", "event", "run", "last"])]
    pub verify: bool,
    /// Only rows of this migration
    #[arg(long, value_name = "VERSION")]
    pub migration: Option<String>,
    /// Only rows of this event: applied, failed, interrupted or baselined
    #[arg(long, value_name = "EVENT", value_parser = ["applied", "failed", "interrupted", "baselined"])]
    pub event: Option<String>,
    /// Only rows of this run
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Only the last so many rows
    #[arg(long, value_name = "COUNT")]
    pub last: Option<usize>,
}

/// What `evidence` takes.
#[derive(Debug, Args)]
pub struct EvidenceArguments {
    /// The run, by its 32 digits, or 'latest'
    #[arg(long, value_name = "RUN", required_unless_present = "verify", requires = "out")]
    pub run: Option<String>,
    /// The directory to make, which must not exist
    #[arg(long, value_name = "DIR", required_unless_present = "verify")]
    pub out: Option<PathBuf>,
    /// Write the same as one file too, a tar archive, which must not exist
    #[arg(long, value_name = "FILE", requires = "out")]
    pub archive: Option<PathBuf>,
    /// Check a directory, or an archive of one; needs no configuration, environment or database
    #[arg(long, value_name = "DIR|FILE", conflicts_with_all = ["run", "out", "archive"])]
    pub verify: Option<PathBuf>,
}

/// What `baseline` takes.
#[derive(Debug, Args)]
pub struct BaselineArguments {
    /// Only show what would be recorded
    #[arg(long)]
    pub dry_run: bool,
    /// Wait so long for another run to end, for example 30s; without it, not at all
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub wait: Option<Duration>,
}

/// What `seal` takes.
#[derive(Debug, Args)]
pub struct SealArguments {
    /// Write nothing: fail when a released file changed, or the seal is stale or wrong
    #[arg(long)]
    pub check: bool,
    /// With --check, compare files and seal alone, and apply nothing to a scratch database
    #[arg(long, requires = "check")]
    pub files_only: bool,
    /// Print the sealed schema of a version, of the newest without one
    #[arg(long, value_name = "VERSION", num_args = 0..=1, value_parser = parse_version, conflicts_with = "check")]
    #[allow(clippy::option_option, reason = "the option, and its value, may each be left out")]
    pub show: Option<Option<Version>>,
}

/// What the twin of a rehearsal is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TwinChoice {
    /// The structure of the live database, as pg_dump tells it.
    Dump,
    /// The applied migrations, which must make the sealed schema.
    Seal,
    /// The applied migrations.
    Set,
}

/// What `rehearse` takes.
#[derive(Debug, Args)]
pub struct RehearseArguments {
    /// What the twin is made of
    #[arg(long = "from", value_enum, value_name = "SOURCE", default_value_t = TwinChoice::Dump)]
    pub source: TwinChoice,
    /// With --copy, which part of the rows it has: full, or a fraction such as 0.1
    #[arg(long, value_name = "PART", value_parser = parse_part, requires = "copy")]
    pub with_data: Option<Data>,
    /// Make the twin of this dump with rows, in the custom format (pg_dump -Fc)
    #[arg(long, value_name = "FILE", requires = "with_data", conflicts_with = "source")]
    pub copy: Option<PathBuf>,
    /// Write the report to this file, which must not exist
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What `new` takes.
#[derive(Debug, Args)]
pub struct NewArguments {
    /// What the migration is called, for example add_orders
    #[arg(value_name = "NAME")]
    pub title: String,
}

/// The commands on requirements.
#[derive(Debug, Subcommand)]
pub enum RequirementCommand {
    /// Print the requirement file that belongs to the migration set; needs no environment
    Init(RequirementInitArguments),
}

/// What `requirement init` takes.
#[derive(Debug, Args)]
pub struct RequirementInitArguments {
    /// The newest migration that must be applied; by default the newest of the set
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub requires: Option<Version>,
    /// The newest migration that may be applied; by default the required one
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub supports_up_to: Option<Version>,
    /// Write it to this file, which must not exist, in place of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

impl Command {
    /// The name that was typed.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Plan(_) => "plan",
            Self::Approve(_) => "approve",
            Self::Apply(_) => "apply",
            Self::Lint(_) => "lint",
            Self::Status => "status",
            Self::Check(_) => "check",
            Self::Probe(_) => "probe",
            Self::Verify => "verify",
            Self::Seal(_) => "seal",
            Self::Rehearse(_) => "rehearse",
            Self::History(_) => "history",
            Self::Evidence(_) => "evidence",
            Self::Baseline(_) => "baseline",
            Self::Provision => "provision",
            Self::New(_) => "new",
            Self::Requirement(RequirementCommand::Init(_)) => "requirement init",
        }
    }
}
