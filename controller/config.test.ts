import { expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const refused = (env: Record<string, string>): string => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};

it.each([
  ['ALLCLEAR_NAMESPACE', 'Payments', 'namespace: this is no name of a namespace. Write lowercase letters'],
  ['ALLCLEAR_NAMESPACES', 'payments,a_b', 'namespaces/1: this is no name of a namespace. Write lowercase letters'],
  ['ALLCLEAR_INSTALL', 'a b', 'install: this is no name of an install. Write lowercase letters'],
  ['ALLCLEAR_SLACK_COMMAND', 'incident', 'slackCommand: this is no command of Slack. Write / and then'],
  ['ALLCLEAR_WORKERS', '0', 'workers: must be >= 1.'],
  ['ALLCLEAR_WORKERS', 'many', 'ALLCLEAR_WORKERS: "many" is no number.'],
])('%s=%s is refused in words', (name, value, says) => {
  const said = refused({ [name]: value });
  expect(said).toContain(says);
  expect(said).not.toMatch(/[\\^$]|\[a-z/);
});

it('without a setting there is an install in allclear-system that serves its own namespace', () => {
  expect(readConfig({})).toMatchObject({ namespace: 'allclear-system', namespaces: ['allclear-system'] });
});
