import type { Stage } from '../stage.ts';

export const connect = {
  title: 'Connect Slack, GitHub and Git',
  async play(stage: Stage): Promise<void> {
    const { integrations, secrets } = stage.world.files;
    stage.screen.say(
      'Three Integrations (docs/examples/integrations.yaml with the addresses of this demo), their Secrets, and a ' +
        'ResponsePolicy that says who is invited and who is told.',
    );
    stage.screen.gap();
    await stage.kubectl(['apply', '-f', secrets, '-f', integrations, '-f', 'docs/examples/policy.yaml']);
    await stage.kubectl(['wait', '--for=condition=Ready', '--timeout=60s', 'integrations', '--all']);
    await stage.kubectl(['get', 'integrations']);
  },
};
