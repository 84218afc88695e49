import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { type Duration, seconds } from '../../runtime/clock.ts';
import { Gone, phrase, Rejected } from '../../runtime/outcome.ts';
import { byCode, networkFailure, type Refusal } from '../kit/refusals.ts';

/** Slack's error codes by what a person must do: https://docs.slack.dev/reference/methods. */
const refusals: readonly Refusal[] = [
  {
    reason: 'InvalidToken',
    help: "Slack does not take the bot token: put the app's current Bot User OAuth Token (xoxb-…) under botToken in the Integration's Secret",
    codes: ['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive'],
  },
  {
    reason: 'MissingScope',
    help: 'the Slack app lacks a scope: add it to the app, install it again',
    codes: ['missing_scope', 'not_allowed_token_type', 'no_permission'],
  },
  {
    reason: 'NotPermitted',
    help: "the workspace's settings do not let the bot do this: ask a workspace admin",
    codes: [
      'access_denied',
      'accesslimited',
      'ekm_access_denied',
      'enterprise_is_restricted',
      'org_login_required',
      'restricted_action',
      'restricted_action_non_threadable_channel',
      'restricted_action_read_only_channel',
      'restricted_action_thread_locked',
      'restricted_action_thread_only_channel',
      'team_access_not_granted',
      'two_factor_setup_required',
      'user_is_restricted',
    ],
  },
  {
    reason: 'RateLimited',
    help: 'Slack asks to wait',
    transient: true,
    codes: ['ratelimited', 'rate_limited', 'too_many_requests', 'message_limit_exceeded'],
  },
  {
    reason: 'SlackUnreachable',
    help: 'Slack is moving the workspace and answers again in a moment',
    transient: true,
    codes: ['team_added_to_org'],
  },
  {
    reason: 'NotInChannel',
    help: 'the bot is not in the channel: invite it there',
    codes: ['not_in_channel'],
  },
  {
    reason: 'ChannelNotFound',
    help: 'the channel does not exist, or it is private and the bot was removed from it',
    codes: ['channel_not_found'],
  },
  { reason: 'ChannelArchived', help: 'the channel is archived: unarchive it in Slack', codes: ['is_archived'] },
  { reason: 'ChannelNameTaken', help: 'another channel has that name', codes: ['name_taken'] },
  {
    reason: 'InvalidChannelName',
    help: 'Slack takes 1 to 80 lowercase letters, digits, hyphens and underscores: correct the name template',
    codes: [
      'invalid_name',
      'invalid_name_maxlength',
      'invalid_name_punctuation',
      'invalid_name_required',
      'invalid_name_specials',
    ],
  },
  {
    reason: 'MessageTooLong',
    help: 'the text is over Slack’s limit',
    codes: ['msg_too_long', 'msg_blocks_too_long', 'too_long', 'metadata_too_large'],
  },
  {
    reason: 'InvalidBlocks',
    help: 'Slack does not take these blocks',
    codes: ['invalid_blocks', 'invalid_blocks_format', 'no_text'],
  },
  {
    reason: 'MessageNotEditable',
    help: "Slack does not let the bot edit this message: the workspace's edit window is over or the message is not the bot's",
    codes: ['edit_window_closed', 'cant_update_message', 'cant_delete_message', 'is_inactive'],
  },
  { reason: 'ThreadNotFound', help: 'the thread’s first message is gone', codes: ['thread_not_found'] },
  { reason: 'BookmarkLimit', help: 'a channel takes 100 bookmarks: remove some', codes: ['too_many_bookmarks'] },
  { reason: 'PinLimit', help: 'a channel takes 100 pins: remove some', codes: ['not_pinnable', 'too_many_pins'] },
  { reason: 'NotSupported', help: 'the server has no such method', codes: ['unknown_method', 'method_deprecated'] },
  {
    reason: 'InvalidRequest',
    help: 'Slack does not understand the request',
    codes: [
      'invalid_arg_name',
      'invalid_arguments',
      'invalid_array_arg',
      'invalid_charset',
      'invalid_form_data',
      'invalid_link',
      'invalid_metadata_format',
      'invalid_metadata_schema',
      'invalid_post_type',
      'method_not_supported_for_channel_type',
      'missing_post_type',
    ],
  },
];
const known = byCode(refusals);

/** Slack may have done it all the same. */
const ambiguous = new Set(['fatal_error', 'internal_error', 'service_unavailable', 'request_timeout']);

/** Rejected or Gone when it is known not to have happened, else an Error that says nothing of the outcome. */
export function classify(error: unknown, method: string): Error {
  if (error instanceof Rejected) return error;
  if (error instanceof WebAPIRateLimitedError) {
    const retryAfter = seconds(error.retryAfter);
    return new Rejected('RateLimited', `${method}: Slack asks to wait ${error.retryAfter} s`, {
      retryAfter,
      cause: error,
    });
  }
  if (error instanceof WebAPIPlatformError) return refused(error, method);
  if (error instanceof WebAPIHTTPError) {
    // 408 and 499 say that a request was begun; other 3xx and 4xx answers come from a gateway that refused it.
    const { statusCode } = error;
    if (statusCode >= 300 && statusCode < 500 && statusCode !== 408 && statusCode !== 499) {
      return new Rejected('HttpRefused', `${method}: HTTP status ${statusCode} instead of an answer of Slack's`, {
        retryAfter: waitIn(error),
        cause: error,
      });
    }
    return new Error(`${method}: HTTP status ${statusCode}`, { cause: error });
  }
  const cause = error instanceof WebAPIRequestError ? error.original : error;
  const network = networkFailure(cause);
  if (network) {
    const codes = network.codes.join(', ');
    return network.what === 'unsent'
      ? new Rejected('SlackUnreachable', `${method}: no connection to Slack (${codes})`, { cause: error })
      : new Rejected('CertificateRefused', `${method}: Slack's certificate is not trusted (${codes})`, {
          terminal: true,
          cause: error,
        });
  }
  return new Error(`${method}: ${phrase(cause, 200)}`, { cause: error });
}

/** How long the answer behind an error asks to stay away, whatever else it says. The transport has put it into seconds. */
export function waitIn(error: unknown): Duration | undefined {
  if (error instanceof WebAPIRateLimitedError) return seconds(error.retryAfter);
  if (error instanceof WebAPIPlatformError) return inSeconds(error.data.response_metadata?.retryAfter);
  if (error instanceof WebAPIHTTPError) return inSeconds(error.headers['retry-after']);
  return undefined;
}

const inSeconds = (said: number | string | undefined): Duration | undefined =>
  said === undefined ? undefined : seconds(Number(said));

/** The server does not know the method; `perhaps`: whoever answers there may be another than Slack. */
export function unknownMethod(error: unknown): 'surely' | 'perhaps' | undefined {
  if (error instanceof WebAPIPlatformError)
    return ['unknown_method', 'method_deprecated'].includes(error.data.error) ? 'surely' : undefined;
  return error instanceof WebAPIHTTPError && [404, 405].includes(error.statusCode) ? 'perhaps' : undefined;
}

function refused(error: WebAPIPlatformError, method: string): Error {
  const code = error.data.error;
  if (ambiguous.has(code)) return new Error(`${method}: ${code}`, { cause: error });
  if (code === 'message_not_found') return new Gone(`${method}: the message is gone`, { cause: error });
  const refusal = known.get(code);
  if (!refusal)
    return new Rejected('SlackRefused', `${method}: Slack says ${phrase(code, 100)}`, { terminal: true, cause: error });
  const needed = 'needed' in error.data ? ` (${phrase(error.data.needed, 100)})` : '';
  const detail = (error.data.response_metadata?.messages ?? []).slice(0, 3).join('; ');
  return new Rejected(refusal.reason, `${method}: ${refusal.help}${needed}${detail && `: ${phrase(detail, 200)}`}`, {
    terminal: refusal.transient !== true,
    retryAfter: refusal.transient === true ? waitIn(error) : undefined,
    cause: error,
  });
}

/** Slack's own error code behind a Rejected, or undefined. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Rejected && error.cause instanceof WebAPIPlatformError ? error.cause.data.error : undefined;
}
