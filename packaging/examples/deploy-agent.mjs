#!/usr/bin/env node
// deploy-agent.mjs: an example of a deploy agent that asks before it touches the running release.
//
//   POST /deploy {"release": "1.1"}     200 deployed; 409 the schema says no; 503 not judged; …
//
// It fetches the release, reads its requirement out of the image's label, asks the hook of
// dreichor-migrate, and only after a yes moves the pointer 'current' and restarts the runtime's
// unit. Must never touch the running release without a yes, take silence for one, or run two
// deploys at once. docs/deploy-agent.md explains it; it needs Node.js 18 and skopeo, no more.

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { basename, join } from 'node:path';

const environment = setting('DEPLOY_ENVIRONMENT'); // prod
const source = setting('DEPLOY_SOURCE'); // docker://registry.example/dreichor/runtime
const home = setting('STATE_DIRECTORY'); // given by the service manager
const port = Number(process.env.DEPLOY_PORT ?? 8700);

const HOOK = '/usr/lib/dreichor/deploy-agent/pre-start';
const LABEL = 'io.dreichor.schema.requirement';
const UNIT = `dreichor-runtime@${environment}.service`;
const GATE = `dreichor-migrate-gate@${environment}.service`;
const releases = join(home, 'releases');
const current = join(home, 'current');

/** What the caller is told in place of a deploy. */
class Refusal extends Error {
  constructor(status, code, reason, remedy, more = {}) {
    super(reason);
    this.status = status;
    this.body = { code, reason, findings: [], remedy, ...more };
  }
}

/** How a release is fetched: its image into a directory of its own, where the unit takes it from;
 *  its requirement, as text, out of the image's label. Fetch it otherwise, and only this changes. */
async function fetchRelease(release, directory) {
  const image = `oci:${directory}/image:release`;
  const copied = await run(300, 'skopeo', 'copy', '--quiet', `${source}:${release}`, image);
  const inspected = copied.code === 0 ? await run(30, 'skopeo', 'inspect', '--config', image) : copied;
  if (inspected.code !== 0) {
    const reason = `release '${release}' cannot be fetched: ${firstLine(inspected.stderr)}`;
    throw new Refusal(502, 'not-fetched', reason, 'see that it was pushed, and that the agent may pull it');
  }
  const requirement = JSON.parse(inspected.stdout).config?.Labels?.[LABEL];
  if (!requirement) {
    const reason = `release '${release}' has no label '${LABEL}'`;
    throw new Refusal(422, 'no-requirement', reason, 'build the image with its requirement in this label');
  }
  return requirement;
}

/** Asks whether a release with this requirement may run. What is no whole answer is a no. */
async function ask(file) {
  const { code, stdout } = await run(30, HOOK, environment, file);
  try {
    const answer = JSON.parse(stdout);
    if (answer.exit_code === code && answer.compatible === (code === 0)) return answer;
  } catch {
    // Silence, or half an answer.
  }
  const remedy = 'see the journal of this agent, and whether dreichor-migrate is installed';
  throw new Refusal(503, 'internal', `'${HOOK}' gave no answer (${code ?? 'it did not end by itself'})`, remedy);
}

/** Fetches, asks, and only then replaces. A release that is refused leaves nothing behind. */
async function deploy(release) {
  await mkdir(releases, { recursive: true });
  const directory = await mkdtemp(join(releases, `${release}.`)); // nobody else's until it is judged
  try {
    const file = join(directory, 'requirement.toml');
    await writeFile(file, await fetchRelease(release, directory));
    const answer = await ask(file);
    if (!answer.compatible) {
      const databaseSaysNo = answer.exit_code >= 10 && answer.exit_code < 20;
      throw new Refusal(databaseSaysNo ? 409 : 503, answer.code, answer.reason, answer.remedy, answer);
    }
    await chmod(directory, 0o755); // from now on the gate reads the requirement there
    return await replace(release, basename(directory));
  } finally {
    const kept = await pointer();
    const gone = kept === basename(directory) ? await readdir(releases) : [basename(directory)];
    for (const name of gone) if (name !== kept) await rm(join(releases, name), { recursive: true });
  }
}

/** Points at the new release and restarts the unit, whose gate judges once more. When that fails,
 *  the pointer goes back, and the old release is started, unless it has never been stopped. */
async function replace(release, directory) {
  const [old, since] = [await pointer(), Math.floor(Date.now() / 1000)];
  await point(directory);
  const restarted = await run(180, 'systemctl', '--no-ask-password', 'restart', UNIT);
  if (restarted.code === 0) return { deployed: true, release, replaced: named(old) };
  await point(old);
  const told = await run(30, 'journalctl', '-qn50', '-o', 'cat', `--since=@${since}`, '-u', GATE, '-u', UNIT);
  if (old) await run(180, 'systemctl', '--no-ask-password', 'start', UNIT);
  const isActive = (await run(30, 'systemctl', 'is-active', '--quiet', UNIT)).code === 0;
  const runs = isActive ? `release '${named(old)}'` : 'nothing';
  const reason = `release '${release}' did not start, ${runs} runs: ${firstLine(restarted.stderr)}`;
  const more = { journal: told.stdout.trim().split('\n') };
  throw new Refusal(500, 'not-started', reason, `see 'journalctl -u ${GATE} -u ${UNIT}'`, more);
}

/** The directory that 'current' points at, or none. */
const pointer = () => readlink(current).then(basename, () => null);
/** The release in it: its name without what makes the directory's name unique. */
const named = (directory) => directory?.slice(0, -'.XXXXXX'.length) ?? null;

async function point(directory) {
  await rm(`${current}.new`, { force: true });
  if (directory === null) return rm(current, { force: true });
  await symlink(join('releases', directory), `${current}.new`);
  await rename(`${current}.new`, current); // at once: there is no moment without a pointer
}

/** Runs a program for so many seconds at most. Never throws: whoever has no code has not ended well. */
function run(seconds, program, ...words) {
  const limits = { timeout: seconds * 1000, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(program, words, limits, (error, stdout, stderr) => {
      process.stderr.write(stderr); // into the agent's journal
      const code = error ? (Number.isInteger(error.code) ? error.code : null) : 0;
      resolve({ code, stdout, stderr: stderr || (error?.message ?? '') });
    });
  });
}

/** The release that a request names, if it is the name of one. */
function releaseIn(text) {
  try {
    const { release } = JSON.parse(text);
    return typeof release === 'string' && /^[A-Za-z0-9][\w.-]{0,63}$/.test(release) ? release : null;
  } catch {
    return null;
  }
}

const firstLine = (text) => text.trim().split('\n')[0];

function setting(name) {
  if (!process.env[name]) throw new Error(`'${name}' is not set`);
  return process.env[name];
}

let isBusy = false;

async function answer(request) {
  let text = '';
  for await (const part of request) if (text.length < 4096) text += part;
  const isOurs = request.method === 'POST' && request.url === '/deploy';
  if (!isOurs) throw new Refusal(404, 'not-found', 'there is nothing but POST /deploy', null);
  // A page in a browser that somebody leads here cannot send this type.
  const release = request.headers['content-type'] === 'application/json' ? releaseIn(text) : null;
  if (!release) throw new Refusal(400, 'no-release', 'no release is named', 'send {"release": "1.1"} as JSON');
  if (isBusy) throw new Refusal(503, 'deploying', 'another deploy is under way', 'ask again when it has ended');
  isBusy = true;
  return deploy(release).finally(() => (isBusy = false));
}

http.createServer(async (request, response) => {
  const [status, body] = await answer(request).then((done) => [200, done], async (error) => {
    const known = error instanceof Refusal ? error : new Refusal(500, 'internal', error.message, 'see the journal');
    return [known.status, { deployed: false, current: named(await pointer()), ...known.body }];
  });
  console.log(`${status} ${JSON.stringify(body)}`);
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}).listen(port, '127.0.0.1');
