import { accept } from './chapters/accept.ts';
import { connect } from './chapters/connect.ts';
import { declare } from './chapters/declare.ts';
import { raise } from './chapters/raise.ts';
import { reopen } from './chapters/reopen.ts';
import { resolve } from './chapters/resolve.ts';
import { tell } from './chapters/tell.ts';
import type { Stage } from './stage.ts';

/** A part of the story: its heading, and what is played. */
export interface Chapter {
  readonly title: string;
  readonly play: (stage: Stage) => Promise<void>;
}

const chapters: readonly Chapter[] = [connect, declare, raise, tell, resolve, accept, reopen];

/** Plays the whole story. What did not come true stands in the stage's tally. */
export async function playStory(stage: Stage): Promise<void> {
  for (const [i, { title, play }] of chapters.entries()) {
    stage.screen.heading(`${i + 1}. ${title}`);
    await play(stage);
  }
}
