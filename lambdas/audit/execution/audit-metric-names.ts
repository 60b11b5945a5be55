/** CloudWatch metrics that an audit writes. */
export const AUDIT_METRICS = {
  /** Records of all tenants that are missing and not healed. Written at the end of each execution, also if there are none. */
  missing: 'MissingRecords',
} as const;
