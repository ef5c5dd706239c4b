# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_dreichor_migrate_global_optspecs
    string join \n env= config= migrations= format= log= color= v/verbose q/quiet h/help V/version
end

function __fish_dreichor_migrate_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_dreichor_migrate_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_dreichor_migrate_using_subcommand
    set -l cmd (__fish_dreichor_migrate_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -s V -l version -d 'Print version'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "plan" -d 'Show what apply would do, in order, and the plan\'s digest'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "approve" -d 'Approve a plan for an environment, with an SSH key; needs no database'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "apply" -d 'Apply the pending migrations, in order, until the first failure'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "lint" -d 'Judge the migration set by the rules of the policy; needs no database and no environment'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "status" -d 'Show what is applied, when and by whom, and what is pending'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "check" -d 'Ask whether this release may run on this schema; writes nothing'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "probe" -d 'Ask as a deploy agent does, before it touches the running release; writes nothing'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "verify" -d 'Compare the live schema with the sealed one, object by object; writes nothing'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "seal" -d 'Seal the migrations: the bytes of each, and the schema that it makes on a scratch database'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "rehearse" -d 'Apply the plan to a twin of the environment, and report what each statement does there'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "history" -d 'Show the history log, or recompute its chain of hashes'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "evidence" -d 'Put all that is known of one run into a directory for reviewers, or check such a directory'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "baseline" -d 'Take over a database whose history has no checksums'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "provision" -d 'Print the SQL that creates an environment\'s roles, database and grants; never connects'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "new" -d 'Make the next migration file, with a header that reminds of the rules'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_needs_command" -f -a "requirement" -d 'Make the requirement that a release ships'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -l out -d 'Write the plan to this file, which must not exist, to be read and approved' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -l rehearsal -d 'Put this rehearsal of the plan into it, in place of the one that is kept' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l plan -d 'The plan file that \'plan --out\' wrote, or the digest alone that \'plan\' showed' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l reference -d 'What the approval refers to, for example a work order' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l expires -d 'How long the approval counts, at most 24 days' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l approver -d 'Who approves, as the allowed signers name them; by default whose key it is' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l key -d 'The private key, or the public one of a key that ssh-agent holds; without it nothing is signed' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l out -d 'The directory for the statement and its signature, in place of the one in the state directory' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -l unsigned -d 'Only write the statement, and show the command that signs it'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand approve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -l plan -d 'Apply only if the plan still has this digest, as \'plan\' showed it' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -l atomic -d 'How much is one transaction, in place of the configuration' -r -f -a "migration\t'Each migration together with its history rows'
plan\t'All pending migrations together: all or nothing'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -l wait -d 'Wait so long for another run to end, for example 30s; without it, not at all' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -l profile -d 'The profile to judge by, in place of the environment\'s' -r -f -a "strict\t'Schema changes only'
standard\t'What every profile refuses is refused, the rest is warned of'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -l since -d 'Judge only migrations after this one; those up to it are read for what they make' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -l sarif -d 'Write the findings as SARIF 2.1.0 to this file too, for systems that annotate code' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand status" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand status" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand status" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand status" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand status" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand status" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand status" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand status" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -l connect-deadline -d 'Keep trying to connect for so long, for example 60s at boot; without it, once' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -l requirement -d 'The requirement file of the release, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -l requires -d 'The newest migration that must be applied, in place of what is configured' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -l supports-up-to -d 'The newest migration that may be applied; by default the required one' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -l requirement -d 'The requirement file of the new release, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -l deadline -d 'Give the answer within so long, connecting and all; what has none by then is unreachable' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand probe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand verify" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand verify" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand verify" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand verify" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand verify" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand verify" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand verify" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand verify" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -l show -d 'Print the sealed schema of a version, of the newest without one' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -l check -d 'Write nothing: fail when a released file changed, or the seal is stale or wrong'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -l files-only -d 'With --check, compare files and seal alone, and apply nothing to a scratch database'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand seal" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -l from -d 'What the twin is made of' -r -f -a "dump\t'The structure of the live database, as pg_dump tells it'
seal\t'The applied migrations, which must make the sealed schema'
set\t'The applied migrations'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -l with-data -d 'With --copy, which part of the rows it has: full, or a fraction such as 0.1' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -l copy -d 'Make the twin of this dump with rows, in the custom format (pg_dump -Fc)' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -l out -d 'Write the report to this file, which must not exist' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand rehearse" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l migration -d 'Only rows of this migration' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l event -d 'Only rows of this event: applied, failed, interrupted or baselined' -r -f -a "applied\t''
failed\t''
interrupted\t''
baselined\t''"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l run -d 'Only rows of this run' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l last -d 'Only the last so many rows' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -l verify -d 'Recompute the chain of hashes over the whole log and say where it breaks'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -l run -d 'The run, by its 32 digits, or \'latest\'' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -l out -d 'The directory to make, which must not exist' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -l archive -d 'Write the same as one file too, a tar archive, which must not exist' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -l verify -d 'Check a directory, or an archive of one; needs no configuration, environment or database' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand evidence" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -l wait -d 'Wait so long for another run to end, for example 30s; without it, not at all' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -l dry-run -d 'Only show what would be recorded'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand baseline" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand provision" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand provision" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand provision" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand provision" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand provision" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand provision" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand provision" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand provision" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand provision" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand new" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand new" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand new" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand new" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand new" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand new" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand new" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand new" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and not __fish_seen_subcommand_from init" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and not __fish_seen_subcommand_from init" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and not __fish_seen_subcommand_from init" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and not __fish_seen_subcommand_from init" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and not __fish_seen_subcommand_from init" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and not __fish_seen_subcommand_from init" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and not __fish_seen_subcommand_from init" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and not __fish_seen_subcommand_from init" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and not __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and not __fish_seen_subcommand_from init" -f -a "init" -d 'Print the requirement file that belongs to the migration set; needs no environment'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -l requires -d 'The newest migration that must be applied; by default the newest of the set' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -l supports-up-to -d 'The newest migration that may be applied; by default the required one' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -l output -d 'Write it to this file, which must not exist, in place of standard output' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -l env -d 'The environment to work on, as declared in the configuration; never defaulted' -r
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -l config -d 'The configuration file' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -l migrations -d 'The migration directory, in place of the configured one' -r -F
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -l format -d 'The form of the answer on standard output' -r -f -a "human\t'Calm text for people'
json\t'One JSON document, for failures too'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -l log -d 'Where the log goes; auto is the journal under systemd, standard error elsewhere' -r -f -a "auto\t'The journal where standard error leads there, otherwise text'
journal\t'The journal, natively'
text\t'Lines of text on standard error'
json\t'One JSON object a line on standard error'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -l color -d 'Colours; auto is on a terminal, and never against NO_COLOR' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Log more; twice for everything'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Log errors only, and show no progress'
complete -c dreichor-migrate -n "__fish_dreichor_migrate_using_subcommand requirement; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
