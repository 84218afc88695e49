import { random } from '../builders/hostile.ts';

/** Strings around a grammar: most are nearly right, the same for the same seed. */
export type Strings = (count: number, seed?: number) => string[];

const stringsOf =
  (make: (pick: (from: readonly string[]) => string, chance: () => number) => string): Strings =>
  (count, seed = 1) => {
    const next = random(seed);
    const pick = (from: readonly string[]): string => from[Math.floor(next() * from.length)] ?? '';
    return [...new Set(Array.from({ length: count }, () => make(pick, next)))];
  };

const years = [
  '2026',
  '2026',
  '2025',
  '2027',
  '1970',
  '2062',
  '2024',
  '1900',
  '2000',
  '2999',
  '1899',
  '3000',
  '0000',
  '0001',
  '9999',
  '26',
  '02026',
];
const months = ['01', '02', '02', '06', '11', '12', '00', '13', '6'];
const days = ['01', '15', '28', '29', '30', '31', '00', '32', '5'];
const hours = ['00', '01', '07', '12', '17', '23', '24', '99', '7'];
const minutes = ['00', '30', '59', '60', '5'];
const seconds = ['00', '06', '59', '60', '61', '', '6'];
const fractions = ['', '', '', '', '.5', '.25', '.001', '.123456789', '.1234567890', '.', ',5', '+5', ' '];
const zones = [
  'Z',
  'Z',
  'z',
  '+02:00',
  '-00:00',
  '+23:59',
  '-12:30',
  '+24:00',
  '+99:99',
  '+0200',
  '+02',
  '',
  'ZT9',
  ' Z',
];
const odd = ['', ' ', 'T', 'Z', '\n', '\u0660', '\u200b', '-', ':', '0'];

export const dayStrings = stringsOf((pick, chance) => {
  const day = `${pick(years)}-${pick(months)}-${pick(days)}`;
  return chance() < 0.9 ? day : insert(day, pick(odd), chance());
});

export const timeStrings = stringsOf((pick, chance) => {
  const day = chance() < 0.5 ? '2026-06-15' : `${pick(years)}-${pick(months)}-${pick(days)}`;
  const clock = chance() < 0.6 ? '21:16:06' : `${pick(hours)}:${pick(minutes)}:${pick(seconds)}`;
  const time = `${day}${pick(['T', 'T', 'T', 'T', 't', 't', ' ', ''])}${clock}${pick(fractions)}${pick(zones)}`;
  return chance() < 0.9 ? time : insert(time, pick(odd), chance());
});

/** Code points. */
const unseen = `9 a 20 a0 ad 301 34f 61c 903 115f 1160 17b4 180e 2000 200b 200d 200e 2028 202e 2060 2064 2065 2066 20dd
  2800 3000 3164 fe0f feff ffa0 fff0 fff9 1d159 1d173 13441 e0001 e0100 e0fff`
  .split(/\s+/)
  .map((hex) => String.fromCodePoint(Number.parseInt(hex, 16)));
const seen = ['a', '0', '.', '🔥', 'ä', '\u05d0', '\u0e01', '\u{1f1f3}', '\ufffd', '\ue000'];

/** Of what cannot be seen, and now and then something that can. */
export const blankStrings = stringsOf((pick, chance) => {
  const text = Array.from({ length: 1 + Math.floor(chance() * 4) }, () => pick(unseen)).join('');
  return chance() < 0.7 ? text : insert(text, pick(seen), chance());
});

const insert = (text: string, part: string, where: number): string => {
  const at = Math.floor(where * (text.length + 1));
  return `${text.slice(0, at)}${part}${text.slice(at)}`;
};

/** Addresses with and without somebody before the host. */
export const addressStrings = stringsOf((pick) =>
  [
    pick(['https://', 'http://', 'https:///', 'HTTPS://', 'https:/', 'ftp://', 'https:\\\\', 'https://\\']),
    pick(['', '', 'user:password@', 'token@', '@', ':@', 'a:b@c@', 'a%40b@', 'a b@', 'a/b@', '\u200b']),
    pick(['kibana.example', 'kibana.example:5601', '[::1]', 'ü.example', '']),
    pick(['', '/', '/app@home', '/a?b=c@d', '?q=a@b', '#a@b', '\\@b', '/\u00a0', '/\ufeff', '/<x>']),
  ].join(''),
);

/** What names, addresses and templates are made of, and what spoils them. */
const pieces =
  `a A 0 _ - . / # @ : ? \\ < > " , h m s 15 12345 host ü $ ^ ~ [ -- .. 🔥 system: git@ https:// http:// ssh://
  {number} {mail} {name} { }`
    .split(/\s+/)
    .concat('\n', '\t', '\r', ' ', '\u0085', '\u00a0', '\u0301', '\u200b', '\u2028', '\ufeff');

export const signStrings = stringsOf((pick, chance) =>
  Array.from({ length: 1 + Math.floor(chance() * 5) }, () => pick(pieces)).join(''),
);
