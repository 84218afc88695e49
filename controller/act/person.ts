import { cut } from '../text.ts';

/** Who acts, or is named, whatever way they came. */
export interface Person {
  /** As people call them, on one line. */
  readonly name: string;
  /** Absent: it is not known. */
  readonly mail?: string;
  /** The account, as its service names it: `slack:T1/U1`. */
  readonly via: string;
}

/** A mail address where there is one, else the name: what stands in `change.by` and `author`. At most 200 characters. */
export const shownAs = ({ mail, name }: Person): string => cut(mail ?? name, 200);

/** Both identities, as they are recorded with what is done. */
export interface Actor {
  readonly by: string;
  readonly via: string;
}
