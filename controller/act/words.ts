/** The first word and what follows it. */
export function firstWord(text: string): { word: string; rest: string } {
  const [word = ''] = text.trim().split(/\s+/, 1);
  return { word, rest: text.trim().slice(word.length).trim() };
}
