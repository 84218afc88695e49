import type { Answer, Line, Run } from '../../../act/answer.ts';
import { joinWithin } from '../../../text.ts';
import { slackLine, slackLink, slackText } from '../text.ts';

/** Escaped, as mrkdwn. */
export function answerText({ lines, most }: Answer): string {
  const shown = lines.map(lineText);
  return most === undefined ? shown.join('\n') : joinWithin(shown, '\n', most);
}

export const lineText = (line: Line): string => line.map(runText).join('');

function runText(run: Run): string {
  if (typeof run === 'string') return run;
  if ('strong' in run) return `*${runText(run.strong)}*`;
  if ('link' in run) return slackLink(run.link, run.label);
  if ('list' in run) return joinWithin(run.list.map(lineText), run.separator, run.most);
  return run.lines ? slackText(run.said, run.most, run.whole) : slackLine(run.said, run.most);
}
