import type { World } from '../../world/world.ts';

/** Moments of the story, as somebody who stands outside can see them. */
export const moments = {
  /** Before anything was sent. */
  declared: (world: World) => world.objects.list('Incident').then(({ length }) => length > 0),
  /** The channel is being opened; nothing of it is stored yet. */
  opening: ({ slack }: World) => slack.calls('conversations.create').length > 0,
  /** The new severity is being told. */
  raised: ({ slack }: World) => slack.calls('chat.update').length > 0,
  /** The record is on its way. */
  resolved: ({ faults }: World) => faults.calls.some(({ path }) => path.endsWith('git-receive-pack')),
} satisfies Record<string, (world: World) => boolean | Promise<boolean>>;

export type Moment = keyof typeof moments;
export const allMoments = Object.keys(moments) as Moment[];

/** Looks every 20 ms, closer than `until`: most moments are short. */
export async function at(world: World, moment: Moment): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await moments[moment](world))) {
    if (Date.now() > end) throw new Error(`the story never came to where it is ${moment}`);
    await pause(20);
  }
}

/** Until the record is proposed, people's last edit long past. */
export const proposed = ({ github }: World): Promise<boolean> => github.pulls().then(({ length }) => length > 0);

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
