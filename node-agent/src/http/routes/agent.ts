import { infoSchema, nodeFactsSchema } from 'netloom/agent-api';
import { z } from 'zod';
import { route } from '../route';

/** The agent itself, its node, its health. */
export const AGENT_ROUTES = [
  route({
    name: 'health',
    method: 'GET',
    path: '/healthz',
    summary: 'Answers while the agent is alive',
    verbs: [],
    kind: 'text',
    handle: () => 'ok\n',
  }),
  route({
    name: 'ready',
    method: 'GET',
    path: '/readyz',
    summary: 'Answers 200 once everything recorded has been brought to the kernel, 503 before',
    verbs: [],
    kind: 'text',
    handle: (_call, { isReady }) => (isReady() ? 'ready\n' : { status: 503, text: 'starting\n' }),
  }),
  route({
    name: 'metrics',
    method: 'GET',
    path: '/metrics',
    summary: "Figures in Prometheus' text format",
    verbs: ['read'],
    kind: 'text',
    handle: ({ caller }, { metricsText }) => metricsText(caller),
  }),
  route({
    name: 'openApi',
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'This document',
    verbs: ['read'],
    answer: z.record(z.string(), z.unknown()),
    handle: (_call, { openApi }) => ({ ...openApi() }),
  }),
  route({
    name: 'info',
    method: 'GET',
    path: '/v1/info',
    summary: "The agent's name, release and store",
    verbs: ['read'],
    answer: infoSchema,
    handle: (_call, { info }) => info,
  }),
  route({
    name: 'node',
    method: 'GET',
    path: '/v1/node',
    summary: 'What secondary networks find on the node',
    verbs: ['read'],
    answer: nodeFactsSchema,
    handle: (_call, { node }) => node.observe(),
  }),
];
