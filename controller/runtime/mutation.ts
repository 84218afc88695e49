/** Ways of breaking the controller that `make chaos MUTANTS=1` must notice, each with its cases in test/chaos/mutants.ts. */
export const mutations = [
  'sends without an intent',
  'sends before the intent is stored',
  'sends again what another process began, without a look',
  'writes status over whatever is there',
  'has keys by generation',
  'releases what is no longer wanted',
  'forgets an intent that is no longer wanted',
  'believes the first look',
  'settles after its own sends only',
  'settles after taking over only',
  'never audits',
  'takes a failed look for an answer',
  'sends without asking whether it leads',
  'takes a lost answer for a refusal',
  'forgets receipts that are not stored yet',
  'does once more what the timeline tells of',
  'acknowledges what it could not store',
] as const;
export type Mutation = (typeof mutations)[number];

/** A rule, and what takes its place in a process that runs with one of these mutations. */
type Rule = <F>(sound: F, broken: Readonly<Partial<Record<Mutation, F>>>) => F;

/** @param active the mutation that this process runs with */
export function rulesUnder(active: string | undefined): Rule {
  const mutation = mutations.find((one) => one === active);
  return (sound, broken) => (mutation === undefined ? sound : (broken[mutation] ?? sound));
}

/**
 * Names a rule whose loss a test must notice. For tests only, as crash-point.ts: with `ALLCLEAR_TEST_MUTANT` this process
 * runs with one broken rule, from its start to its end. Without it this is the rule itself, and costs nothing.
 */
export const rule: Rule = rulesUnder(process.env['ALLCLEAR_TEST_MUTANT']);
