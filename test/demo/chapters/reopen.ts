import { story, type Stage } from '../stage.ts';

export const reopen = {
  title: 'Reopen it?',
  async play(stage: Stage): Promise<void> {
    stage.screen.say('Once its record is merged, an incident stays closed, whatever the reason:');
    const spec = {
      state: 'Investigating',
      resolution: null,
      change: { id: 'back-again', source: 'Kubectl', reason: 'The errors are back' },
    };
    await stage.refused(['patch', 'inc', story.name, '--type=merge', '-p', JSON.stringify({ spec })], 'is merged');
  },
};
