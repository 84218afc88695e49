import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Desired } from '../../controller/capabilities/capabilities.ts';
import type { Port, Ref } from '../../controller/runtime/effect.ts';
import { Rejected } from '../../controller/runtime/outcome.ts';
import { aCall, aLook, failureOf, owner } from './calls.ts';
import type { Trouble } from './trouble.ts';

type Review = Desired['review'];

export interface ReviewTruth {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'Open' | 'Closed' | 'Merged';
  readonly draft: boolean;
  readonly reviewers: readonly string[];
}

/** A port that asks for reviews, and the host behind it. */
export interface ReviewWorld extends Trouble<Review> {
  readonly port: Port<Review>;
  readonly within: Ref;
  /** Who can be asked, by the host's own name of a person. */
  readonly reviewers: readonly [string, string];
  /** A branch with one commit on top of the base branch `main`. */
  branch(name: string): Promise<void>;
  /** All of them, oldest first. */
  reviews(): Promise<readonly ReviewTruth[]>;
  merge(id: string, options: { readonly deleteBranch: boolean }): Promise<void>;
  shut(id: string): Promise<void>;
  /** A person asks for a review of a branch by hand. */
  ask(branch: string, body: string): Promise<void>;
  close(): Promise<void>;
}

const branch = 'postmortem/inc-00447';
const aReview = (change: Partial<Review> = {}): Review => ({
  branch,
  base: 'main',
  title: 'INC-00447 post-mortem: Mobile app login errors (SEV1)',
  body: 'Two questions are open.',
  draft: true,
  reviewers: [],
  ...change,
});

/** What every port of the kind `review` does. */
export function reviewConformance(name: string, setup: () => Promise<ReviewWorld>): void {
  describe(`review: ${name}`, () => {
    let world: ReviewWorld;
    beforeEach(async () => {
      world = await setup();
      await world.branch(branch);
    });
    afterEach(() => world.close());
    const call = (desired = aReview(), options = {}) => aCall(desired, { within: world.within, ...options });
    const look = (desired: Review | undefined = aReview(), options = {}) =>
      world.port.observe?.(aLook(desired, { within: world.within, ...options }));
    const run = (port: Port<Review>) => failureOf(port.create(call(aReview({ draft: false }))));

    it('lands once, and is seen', async () => {
      expect(await look()).toEqual([]);
      const landed = await world.port.create(call());
      expect(landed.facts).toEqual({ state: 'Open' });
      expect(await world.reviews()).toMatchObject([{ id: landed.ref['id'], title: aReview().title, draft: true }]);
      expect(await look()).toEqual([{ ref: landed.ref, facts: landed.facts, same: true }]);
      expect(await look(undefined)).toMatchObject([{ ref: landed.ref }]);
      expect(world.port.link?.(landed.ref)).toMatch(/^https?:\/\/\S+$/);
    });

    it('is found when the answer to its making was lost', async () => {
      world.lose('create');
      const failure = await failureOf(world.port.create(call()));
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(Rejected);
      expect(await look()).toMatchObject([{ same: true, facts: { state: 'Open' } }]);
    });

    it('is in doubt, not refused, when it is there already and is ours', async () => {
      await world.port.create(call());
      const failure = await failureOf(world.port.create(call()));
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(Rejected);
      expect(await world.reviews()).toHaveLength(1);
    });

    it('says when the branch is under review already, by another', async () => {
      await world.ask(branch, 'By hand.');
      await expect(world.port.create(call())).rejects.toMatchObject({ reason: 'PullRequestExists', terminal: true });
      expect(await look()).toEqual([]);
    });

    it('says when the branch is not there', async () => {
      const missing = aReview({ branch: 'postmortem/none' });
      await expect(world.port.create(call(missing))).rejects.toMatchObject({
        reason: 'BranchNotFound',
        terminal: false,
      });
    });

    it('is edited, and is only the same once it is', async () => {
      const { ref } = await world.port.create(call());
      const next = aReview({ title: 'INC-00447 post-mortem', body: 'No question is open.' });
      expect(await look(next)).toMatchObject([{ ref, same: false }]);
      await world.port.update?.(call(next), ref);
      await world.port.update?.(call(next), ref);
      expect(await look(next)).toMatchObject([{ ref, same: true }]);
      expect(await world.reviews()).toMatchObject([{ title: next.title }]);
      let went = 0;
      await world.port.update?.(call(next, { go: () => void (went += 1) }), ref);
      expect(went).toBe(0);
    });

    it('asks those whom it can, and says whom it could not', async () => {
      const [one, two] = world.reviewers;
      const { ref, facts } = await world.port.create(
        call(aReview({ reviewers: [one, 'nobody-of-that-name', 'a@b.example'] })),
      );
      expect((await world.reviews())[0]?.reviewers).toEqual([one]);
      expect(facts?.['reviewersNotAsked']?.split(',').toSorted()).toEqual(['a@b.example', 'nobody-of-that-name']);
      await world.port.update?.(call(aReview({ reviewers: [one, two] })), ref);
      expect((await world.reviews())[0]?.reviewers.toSorted()).toEqual([one, two].toSorted());
      // Names in another case are the same people: once the pull request tells of this list, nobody is asked again.
      let went = 0;
      const again = aReview({ reviewers: [one.toUpperCase(), `@${two.toUpperCase()}`] });
      await world.port.update?.(call(again), ref);
      await world.port.update?.(call(again, { go: () => void (went += 1) }), ref);
      expect(went).toBe(0);
    });

    it.each([false, true])('is seen merged, and by whom and when (branch deleted: %s)', async (deleteBranch) => {
      const { ref } = await world.port.create(call());
      await world.merge(ref['id'] ?? '', { deleteBranch });
      const [seen] = (await look(aReview(), { ref })) ?? [];
      expect(seen).toMatchObject({ ref, same: true, facts: { state: 'Merged' } });
      expect(seen?.facts?.['mergedAt']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(seen?.facts?.['mergedBy']).toBeTruthy();
      const again = await world.port.update?.(call(aReview({ title: 'Later' })), ref);
      expect(again?.facts).toMatchObject({ state: 'Merged' });
    });

    it('says which ending its branch held while it was open, whatever is wanted after the merge', async () => {
      const { ref, facts } = await world.port.create(call(aReview({ ending: 'one' })));
      expect(facts).toEqual({ state: 'Open', carries: 'one' });
      const second = call(aReview({ ending: 'two' }));
      expect((await world.port.update?.(second, ref))?.facts).toEqual({ state: 'Open', carries: 'two' });
      await world.merge(ref['id'] ?? '', { deleteBranch: false });
      const third = aReview({ ending: 'three' });
      expect((await world.port.update?.(call(third), ref))?.facts).toMatchObject({ state: 'Merged', carries: 'two' });
      expect(await look(third, { ref })).toMatchObject([{ facts: { state: 'Merged', carries: 'two' } }]);
      const elsewhere = aReview({ ending: 'two', base: 'develop' });
      expect(await look(elsewhere, { ref })).toMatchObject([{ facts: { carries: 'merged into main' } }]);
    });

    it('stays closed when a person closed it', async () => {
      const { ref } = await world.port.create(call());
      await world.shut(ref['id'] ?? '');
      expect(await look(aReview(), { ref })).toMatchObject([{ ref, facts: { state: 'Closed' } }]);
      await world.port.update?.(call(aReview({ title: 'New' })), ref);
      expect(await world.reviews()).toMatchObject([{ state: 'Closed', title: 'New' }]);
    });

    it('sees all that are ours, the oldest first, and nothing that is not', async () => {
      const first = await world.port.create(call());
      await world.shut(first.ref['id'] ?? '');
      const second = await world.port.create(call());
      expect(await look()).toMatchObject([{ ref: first.ref }, { ref: second.ref }]);
      await world.port.release?.(call(), second.ref);
      await world.port.release?.(call(), second.ref);
      expect(await look()).toMatchObject([{ ref: first.ref }]);
      expect((await world.reviews())[1]?.state).toBe('Closed');
      await world.ask(branch, (await world.reviews())[0]?.body ?? '');
      expect(await look()).toMatchObject([{ ref: first.ref }]);
      expect(await look(aReview(), { owner: { ...owner, uid: 'another' } })).toEqual([]);
      expect(await look(aReview(), { key: 'review/other' })).toEqual([]);
    });

    it('pings nobody and closes nothing with the text of an incident', async () => {
      await world.port.create(call(aReview({ body: 'Fixes #1, cc @riley. Closes https://example.com/a/b/issues/1' })));
      expect((await world.reviews())[0]?.body).not.toMatch(/#1|@riley|Closes https/);
    });

    it('knows what did not happen, and doubts the rest', async () => {
      for (const refusal of world.refusals) {
        world.refuse('create', refusal);
        expect([refusal.name, await run(world.port)]).toMatchObject([
          refusal.name,
          { name: 'Rejected', ...refusal.is },
        ]);
      }
      for (const doubt of world.doubts) {
        world.doubt('create', doubt);
        const failure = await run(world.port);
        expect([doubt, failure]).toEqual([doubt, expect.any(Error)]);
        expect([doubt, failure]).not.toEqual([doubt, expect.any(Rejected)]);
        world.doubt('observe', doubt);
        await expect(look()).rejects.toThrow(Error);
      }
      expect(await run(world.unreachable())).toMatchObject({ reason: 'Unreachable', terminal: false });
      expect(await run(world.denied())).toMatchObject({ reason: 'InvalidToken', terminal: true });
      expect(await world.reviews()).toEqual([]);
    });
  });
}
