import type { Rule, Schema } from './schema.ts';

/**
 * A CEL rule that is one regular expression over a text, perhaps beside the test for an address, or over each key of a
 * map. What the expressions of Go (RE2) and of JavaScript have in common is all that the CRDs use, so such a rule means
 * the same here as on the API server.
 */
export interface TextRule {
  readonly expression: RegExp;
  /** It is to be an address, too. Go's parser is stricter than the one here in what a host may be. */
  readonly address: boolean;
  /** False: what the expression finds is refused. */
  readonly wanted: boolean;
  readonly ofKeys: boolean;
  /** As the API server says it. */
  readonly message: string;
}

const forms = /^(?:(isURL\(self\) && )?(!?)self\.matches\(r'([^']*)'\)|self\.all\(k, k\.matches\(r'([^']*)'\)\))$/;

/** The rules of a field that can be judged without the API server, in the CRD's order. */
export const textRules = ({ rules }: Schema): TextRule[] => rules.flatMap((rule) => textRule(rule) ?? []);

function textRule({ rule, message }: Rule): TextRule | undefined {
  const [found, address, not, ofText, ofKeys] = forms.exec(rule) ?? [];
  if (found === undefined) return undefined;
  const expression = new RegExp(ofText ?? ofKeys ?? '', 'u');
  return { expression, address: address !== undefined, wanted: not !== '!', ofKeys: ofKeys !== undefined, message };
}

/** Whether a text, or the key of a map, is refused. */
export const breaks = ({ expression, wanted, address }: TextRule, text: string): boolean =>
  expression.test(text) !== wanted || (address && !URL.canParse(text));

/** A CEL rule that wants exactly one of the fields of an object. */
export interface OneFieldRule {
  /** The object's own name. */
  readonly field: string;
  readonly message: string;
}

const oneField = /^has\(self\.(\w+)\) && size\(dyn\(self\.\1\)\) == 1$/;

export const oneFieldRules = ({ rules }: Schema): OneFieldRule[] =>
  rules.flatMap(({ rule, message }) => {
    const field = oneField.exec(rule)?.[1];
    return field === undefined ? [] : [{ field, message }];
  });
