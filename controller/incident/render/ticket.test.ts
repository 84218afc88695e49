import { describe, expect, test } from 'vitest';
import { liveInGfm, parseGfm, type MarkdownNode } from '../../../test/builders/gfm.ts';
import { hostile } from '../../../test/builders/hostile.ts';
import { anIncident } from '../../../test/builders/incident.ts';
import { aStory } from '../../../test/builders/story.ts';
import { plainTitle } from '../../document/markdown.ts';
import { toMarkdown } from '../../document/to-markdown.ts';
import { ticket } from './ticket.ts';

/** Headlines, code and the channel's link. */
const ours = ({ type, url = '' }: MarkdownNode): boolean =>
  type === 'strong' || type === 'inlineCode' || url.startsWith('https://streamo.slack.com/');

describe('the ticket', () => {
  test.each(['declared', 'resolved'] as const)('%s', async (until) => {
    const story = aStory(until);
    const { doc, labels, state } = ticket(story, story.named, ['incident']);
    const [title, body] = [plainTitle(doc.title), toMarkdown(doc)];
    expect({ title, labels, state }).toEqual({
      title: 'INC-00001: Mobile app login errors',
      labels: ['incident'],
      state: until === 'resolved' ? 'Closed' : 'Open',
    });
    await expect(`${body}\n`).toMatchFileSnapshot(`__snapshots__/ticket-${until}.md`);
  });

  test('paragraphs and lists stay such', () => {
    const story = aStory();
    const incident = anIncident({
      spec: { ...story.incident.spec, resolution: { summary: 'Re-deployed:\n\n- one\n- two\n\nAll is well.' } },
    });
    expect(toMarkdown(ticket({ ...story, incident }, story.named, []).doc)).toContain(
      '> Re-deployed:\n>\n> - one\n> - two\n>\n> All is well.\n',
    );
  });

  test.each(Object.entries(hostile))('%s reaches nobody and closes nothing', (_, text) => {
    const line = text.replaceAll(/\s+/g, ' ');
    const story = aStory();
    const incident = anIncident({
      spec: {
        ...story.incident.spec,
        title: line.slice(0, 150),
        description: text,
        customerSummary: text.slice(0, 3_000),
        roles: { commander: line.slice(0, 200) },
        resolution: { summary: text.slice(0, 3_000) },
      },
    });
    const { doc } = ticket({ ...story, incident }, story.named, []);
    const [title, body] = [plainTitle(doc.title), toMarkdown(doc)];
    expect(title.length).toBeLessThanOrEqual(256);
    expect(title).not.toMatch(/\n|#\d|(?<!\w)@\w/);
    // GitHub refuses a body of more than 65,536 characters.
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(liveInGfm(parseGfm(body), ours)).toEqual([]);
    const own = body.replaceAll(/\[[^\]\n]*\]\(https:[^)\s]*\)|`[^`\n]*`/g, '');
    expect(own).not.toMatch(/(?<!\w)@\w|(?<![&\w])#\d|GH-\d|<[a-z!/](?<!\\<.)|https?:\/\//i);
  });
});
