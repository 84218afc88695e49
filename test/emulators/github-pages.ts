import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GitHub } from './github.ts';
import { gitAsks } from './git-run.ts';

const style = `body{font:16px/1.5 system-ui;max-width:60em;margin:2em auto;padding:0 1em;color:#1f2328}
pre{white-space:pre-wrap;background:#f6f8fa;padding:1em;border-radius:6px;font-size:14px}
a{color:#0969da}button{font:inherit;padding:.3em 1em;margin-right:.5em}
.state{border-radius:1em;padding:.1em .7em;color:#fff;background:#57606a}.open{background:#1a7f37}
.merged{background:#8250df}.closed{background:#cf222e}h1 small{color:#57606a;font-weight:400}`;

/** The page for a person behind an html_url, a file or folder of a branch, and the buttons Merge and Close. */
export async function servePage(req: IncomingMessage, res: ServerResponse, url: URL, github: GitHub): Promise<boolean> {
  const root = `/${github.owner}/${github.repo}`;
  if (url.pathname === '/' && String(req.headers.accept).includes('text/html')) {
    res.writeHead(302, { location: root }).end();
    return true;
  }
  if (url.pathname !== root && !url.pathname.startsWith(`${root}/`)) return false;
  const [kind = 'overview', name = '', ...rest] = url.pathname
    .slice(root.length + 1)
    .split('/')
    .filter(Boolean);
  if (kind === 'raw') return false;
  const act = /^(merge|close)$/.exec(rest[0] ?? '')?.[0];
  if (req.method === 'POST' && kind === 'pull' && act) {
    req.resume();
    try {
      await (act === 'merge' ? github.mergePull(Number(name)) : github.closePull(Number(name)));
      res.writeHead(303, { location: `${root}/pull/${name}` }).end();
    } catch (error) {
      send(res, 409, 'Not done', `<p>${escape(String(error))}</p>`);
    }
    return true;
  }
  const page = await render(kind, name, rest, url, github, root);
  send(res, page ? 200 : 404, page?.title ?? 'Not found', page?.html ?? '<p>There is no such page.</p>');
  return true;
}

interface Page {
  readonly title: string;
  readonly html: string;
}

async function render(
  kind: string,
  name: string,
  rest: readonly string[],
  url: URL,
  github: GitHub,
  root: string,
): Promise<Page | undefined> {
  if (kind === 'overview' || kind === 'issues' || kind === 'pulls') {
    if (kind === 'issues' && name !== '') return issuePage(Number(name), github);
    return overview(github, root);
  }
  if (kind === 'pull') return pullPage(Number(name), github, root);
  if (kind === 'tree' || kind === 'blob') {
    const place = url.pathname.slice(`${root}/${kind}/`.length).split('/').map(decodeURIComponent).join('/');
    return treePage(place, github, root);
  }
  if (kind === 'commit') {
    const text = await gitAsks(github.repository.path, ['show', '--stat', '--patch', `${name}^{commit}`, '--']);
    return text === false ? undefined : { title: `Commit ${name.slice(0, 7)}`, html: pre(text) };
  }
  void rest;
  return undefined;
}

async function overview(github: GitHub, root: string): Promise<Page> {
  const [issues, pulls] = await Promise.all([github.issues(), github.pulls()]);
  const row = (path: string, one: { number: number; title: string }, shown: string) =>
    `<li><a href="${root}/${path}/${one.number}">#${one.number} ${escape(one.title)}</a> ${shown}</li>`;
  return {
    title: `${github.owner}/${github.repo}`,
    html: `<h2>Pull requests</h2><ul>${pulls.map((pull) => row('pull', pull, badge(stateOf(pull)))).join('')}</ul>
<h2>Issues</h2><ul>${issues.map((issue) => row('issues', issue, badge(issue.state))).join('')}</ul>
<p><a href="${root}/tree/${github.repository.defaultBranch}">Files</a></p>`,
  };
}

async function issuePage(number: number, github: GitHub): Promise<Page | undefined> {
  const issue = (await github.issues()).find((one) => one.number === number);
  if (!issue) return undefined;
  const labels = issue.labels.map((label) => `<code>${escape(label)}</code>`).join(' ');
  return {
    title: `${issue.title} #${number}`,
    html: `<p>${badge(issue.state)} by ${escape(issue.author)} ${labels}</p>${pre(issue.body)}${await talk(number, github)}`,
  };
}

async function pullPage(number: number, github: GitHub, root: string): Promise<Page | undefined> {
  const pull = (await github.pulls()).find((one) => one.number === number);
  if (!pull) return undefined;
  const path = github.repository.path;
  const range = pull.merged ? `${pull.base}^1...${pull.head}` : `${pull.base}...${pull.head}`;
  const diff = (await gitAsks(path, ['diff', range, '--'])) || '';
  const form = (act: string, text: string) =>
    `<form method="post" action="${root}/pull/${number}/${act}" style="display:inline"><button>${text}</button></form>`;
  return {
    title: `${pull.title} #${number}`,
    html: `<p>${badge(stateOf(pull))} by ${escape(pull.author)}:
<a href="${root}/tree/${escape(pull.head)}">${escape(pull.head)}</a> into ${escape(pull.base)};
reviewers: ${escape(pull.reviewers.join(', ') || 'none')}</p>${pre(pull.body)}${await talk(number, github)}
${pull.state === 'open' ? `<p>${form('merge', 'Merge')}${form('close', 'Close')}</p>` : ''}<h2>Files changed</h2>${pre(diff)}`,
  };
}

async function talk(number: number, github: GitHub): Promise<string> {
  const comments = await github.comments(number);
  return comments.map((comment) => `<h3>${escape(comment.author)}</h3>${pre(comment.body)}`).join('');
}

/** `place` is `branch/path`; a branch may hold slashes, so the longest name that is one wins. */
async function treePage(place: string, github: GitHub, root: string): Promise<Page | undefined> {
  const branches = [...(await github.repository.branches()).keys()];
  const branch = branches.filter((one) => `${place}/`.startsWith(`${one}/`)).toSorted((a, b) => b.length - a.length)[0];
  if (branch === undefined) return undefined;
  const path = place.slice(branch.length + 1);
  const title = `${branch}: /${path}`;
  const file = path === '' ? undefined : await github.repository.read(branch, path);
  if (file !== undefined) return { title, html: pre(file) };
  const files = await github.repository.files(branch, path === '' ? '.' : path);
  if (files.length === 0) return undefined;
  const rows = files.map((one) => `<li><a href="${root}/blob/${branch}/${escape(one)}">${escape(one)}</a></li>`);
  return { title, html: `<ul>${rows.join('')}</ul>` };
}

const stateOf = (pull: { state: string; merged: boolean }): string => (pull.merged ? 'merged' : pull.state);
const badge = (state: string): string => `<span class="state ${escape(state)}">${escape(state)}</span>`;
const pre = (text: string): string => `<pre>${escape(text)}</pre>`;
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function send(res: ServerResponse, status: number, title: string, html: string): void {
  res
    .writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
    .end(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title><style>${style}</style>` +
        `<h1>${escape(title)}</h1>${html}</html>`,
    );
}
