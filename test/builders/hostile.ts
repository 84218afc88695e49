/** What people, alerts and vendors may write, and what must never come alive where it is shown. */
export const hostile: Readonly<Record<string, string>> = {
  channelMention: 'Login down @channel @here @everyone',
  slackCommand: '<!channel> <!here|here> <!subteam^S123|@ops> <@U024BE7LH> <#C024BE91L>',
  slackLink: '<https://evil.example|https://bank.example> and <mailto:a@b.example|mail>',
  entities: '&lt;!channel&gt; &#64;channel &amp;amp;',
  pipes: 'a | b || c \\| d',
  backticks: '`` ``` ` code ```\nfence\n```',
  frontMatter: '---\nstatus: accepted\n---',
  yamlFlow: '{a: 1, owner: mallory} # comment, [x], "y": \'z\'',
  html: '</table><script>alert(1)</script><a id="t01"></a><!-- x -->',
  markdownLink: '[click](javascript:alert(1)) ](javascript:alert(1)) ![x](http://evil.example/x.png)',
  autolinks:
    'http://evil.example www.evil.example ftp://evil.example https://user:pass@evil.example/ https://ok.example/a_b',
  closing: 'fixes #1, closes streamo/incidents#2, resolves GH-3, fixes https://github.com/streamo/incidents/issues/4',
  mentions: '@octocat and @streamo/team, a@b.example',
  headings: '# one\n## two\n- three\n1. four\n> five\n===\n+ six',
  rightToLeft: 'تعطل تسجيل الدخول \u202Egnp.exe\u202C \u2066isolate\u2069 שלום',
  emoji: 'Down 🔥👩🏽‍🚒👨‍👩‍👧‍👦 🇳🇴 :fire:',
  controls: 'bell\u0007 null\u0000 escape\u001B[31m lines\u2028and\u2029more\r\nthere',
  loneSurrogate: 'half \uD83D of an emoji',
  secrets:
    'password=hunter2! token: ghp_abcdefghijklmnopqrstuvwxyz0123456789 xoxb-1234567890-abcdefghij AKIAIOSFODNN7EXAMPLE',
  long: `${'Very long text. '.repeat(499)}The end.`,
  longGraphemes: '👩🏽‍🚒'.repeat(1_100),
  zalgo: `a${'\u0301'.repeat(5_000)}`,
};

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pieces: readonly string[] = [
  ...'< > & ! @ # | * _ ~ ` \\ [ ] ( ) - " : 🔥 a \u202E \u200B'.split(' '),
  ' ',
  '\n',
  'channel',
  'here',
  'everyone',
  'CHANNEL',
  '!channel',
  '@channel',
  '<!channel>',
  '<@U1>',
  '&lt;',
  'https://',
];

/** Texts put together from what markup is made of. */
export function hostileText(next: () => number): string {
  const length = 1 + Math.floor(next() * 24);
  return Array.from({ length }, () => pieces[Math.floor(next() * pieces.length)] ?? '').join('');
}
