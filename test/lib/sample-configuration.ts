import cdk from '../../cdk.json' with { type: 'json' };

/** The tenant of the sample configuration. */
export const ACME = { subdomain: 'acme', domain: 'uc1.ccaiplatform.com' };

/** Context of cdk.json: the feature flags and the sample configuration. */
export const CONTEXT = cdk.context;
