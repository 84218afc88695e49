import { expect, it } from 'vitest';
import { aDoctorVisit } from '../../test/builders/doctor-visit.ts';
import { bound } from './bound.ts';
import { fine } from './kit/finding.ts';
import type { Vendor } from './kit/vendor.ts';

interface Options {
  readonly url: string;
}
const plain: Vendor<Options> = {
  name: 'plain',
  title: 'Plain',
  maturity: 'experimental',
  can: { ports: [] },
  secretKeys: [],
  hosts: ({ url }) => [url],
  connect: () => {
    throw new Error('nothing connects');
  },
};
const { options: _, ...visit } = aDoctorVisit({});

it('a vendor without a doctor of its own is examined by its check', async () => {
  expect(await bound(plain, { url: 'a' })?.doctor(visit)).toEqual([fine('I', 'checked')]);
});

it('a doctor is given the options of the Integration', async () => {
  const vendor: Vendor<Options> = {
    ...plain,
    doctor: ({ about, options }) => Promise.resolve([fine(about, options.url)]),
  };
  expect(await bound(vendor, { url: 'a' })?.doctor(visit)).toEqual([fine('I', 'a')]);
});
