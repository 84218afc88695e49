import type { Acted } from '../emulators/slack/person.ts';
import { type Json, object, text } from '../emulators/slack/json.ts';
import type { Input } from '../emulators/slack/view-state.ts';
import type { Slack } from '../emulators/slack.ts';

/** What the page's person can do. */
export type Act = 'say' | 'press' | 'submit' | 'close' | 'shortcut' | 'react' | 'join' | 'dismiss' | 'home';

/** What the person is told in passing; '' when what happened shows. */
export interface Said {
  readonly said: string;
}

/** Does it as Slack's client would, through the gateway to the app. */
export async function perform(
  slack: Slack,
  who: string,
  act: Act,
  body: Json,
  values: Readonly<Record<string, Input>>,
): Promise<Said> {
  const person = slack.as(who);
  const channel = text(body['channel']);
  const ts = text(body['ts']);
  switch (act) {
    case 'say': {
      const said = text(body['text']).trim();
      const thread = text(body['thread']);
      const [, command, rest = ''] = /^(\/[\w-]+)(?:\s+([\s\S]*))?$/.exec(said) ?? [];
      if (said === '') return quiet;
      if (command !== undefined) {
        await person.command(command, rest, { channel, ...(thread === '' ? {} : { thread }) });
        return quiet;
      }
      await person.message(channel, said, thread === '' ? {} : { thread });
      return quiet;
    }
    case 'press': {
      const view = slack.app.views.find(text(body['view']));
      if (text(body['view']) !== '' && !view) return { said: 'That modal is gone.' };
      if (view && Object.keys(values).length > 0) person.type(view, values);
      const value = body['value'];
      const options = {
        blockId: text(body['block']),
        ...(value === undefined ? {} : { value: Array.isArray(value) ? value.map(text) : text(value) }),
      };
      return outcome(await person.click(view ?? { channel, ts }, text(body['action']), options), slack);
    }
    case 'submit': {
      const view = slack.app.views.find(text(body['view']));
      if (!view) return { said: 'That modal is gone.' };
      await person.submit(values, view);
      return quiet;
    }
    case 'close': {
      const view = slack.app.views.find(text(body['view']));
      if (view) await person.close(view);
      return quiet;
    }
    case 'shortcut': {
      const id = text(body['callbackId']);
      return outcome(await person.shortcut(id, ts === '' ? undefined : { channel, ts }), slack);
    }
    case 'react': {
      const name = text(object(body)['name']);
      const added = await slack.call(who, 'reactions.add', { channel, timestamp: ts, name });
      if (added['error'] === 'already_reacted') {
        await slack.call(who, 'reactions.remove', { channel, timestamp: ts, name });
      }
      return quiet;
    }
    case 'join':
      await person.join(channel);
      return quiet;
    case 'dismiss':
      slack.app.ephemerals.remove(ts);
      return quiet;
    case 'home':
      await person.openHome();
      return quiet;
    default:
      return { said: 'That cannot be done here.' };
  }
}

const quiet: Said = { said: '' };

/** Slack marks a button that was not answered; its words are those of a failed command. */
function outcome({ result, why }: Acted, slack: Slack): Said {
  if (result === 'acked') return quiet;
  const { name } = slack.app.config;
  if (result === 'not_sent') return { said: why ?? '' };
  return { said: `${name} did not answer: "${result}". Press again.` };
}
