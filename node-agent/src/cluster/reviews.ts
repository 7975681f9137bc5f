import { VERBS, type Verb } from '../config';
import type { ApiServer } from './api-server';

const TOKEN_REVIEWS = 'authentication.k8s.io/v1';
const ACCESS_REVIEWS = 'authorization.k8s.io/v1';

/** What a Role has to name for a verb of the agent: it is no object, and nothing is stored. */
export const AGENT_RESOURCE = { group: 'netloom.io', resource: 'agents' } as const;

/** Who has a token, as the API server says. */
export interface TokenHolder {
  /** E.g. `system:serviceaccount:shop:pulumi`. */
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/**
 * Asks who has a token; undefined for one that the API server does not take, or takes for another
 * audience only.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/
 */
export async function reviewToken(
  server: ApiServer,
  token: string,
  audience: string,
): Promise<TokenHolder | undefined> {
  const { status } = (await server.create(`/apis/${TOKEN_REVIEWS}/tokenreviews`, {
    apiVersion: TOKEN_REVIEWS,
    kind: 'TokenReview',
    spec: { token, audiences: [audience] },
  })) as { status?: TokenStatus };
  const { authenticated, user, audiences = [] } = status ?? {};
  // An authenticator that knows nothing of audiences answers with those of the API server.
  if (authenticated !== true || !user?.username || !audiences.includes(audience)) return undefined;
  const { username, uid = '', groups = [], extra = {} } = user;
  return { user: username, uid, groups, extra };
}

interface TokenStatus {
  readonly authenticated?: boolean;
  readonly audiences?: readonly string[];
  readonly user?: {
    readonly username?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
}

/**
 * The verbs that the cluster's RBAC gives somebody on one agent.
 *
 * @param agent its name: a Role may allow some agents only, by `resourceNames`
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
 */
export async function reviewVerbs(
  server: ApiServer,
  holder: TokenHolder,
  agent: string,
): Promise<Verb[]> {
  const { user, uid, groups, extra } = holder;
  const answers = await Promise.all(
    VERBS.map(async (verb) => {
      const resourceAttributes = { ...AGENT_RESOURCE, name: agent, verb };
      const { status } = (await server.create(`/apis/${ACCESS_REVIEWS}/subjectaccessreviews`, {
        apiVersion: ACCESS_REVIEWS,
        kind: 'SubjectAccessReview',
        spec: { user, uid, groups, extra, resourceAttributes },
      })) as { status?: { allowed?: boolean; denied?: boolean } };
      return status?.allowed === true && status.denied !== true;
    }),
  );
  return VERBS.filter((_verb, index) => answers[index]);
}
