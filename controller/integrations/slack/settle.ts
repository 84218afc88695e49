import { seconds } from '../../runtime/clock.ts';
import { callTimeout } from './transport.ts';

/**
 * A look that finds nothing proves nothing until then: a call may take its whole timeout to arrive, and Slack's reads
 * may lag behind its writes by some seconds (two reads 3 s apart were needed to be sure).
 */
export const settle = callTimeout + seconds(4);
