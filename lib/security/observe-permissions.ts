import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Justification of the resource `*`. */
export const ANY_LOG = 'Log delivery and traces of a state machine. These actions do not support narrower resources.';

/** Permissions for the log and traces of a state machine. These actions do not support narrower resources. */
export function grantObservation(): PolicyStatement[] {
  const logs = ['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries'];
  const groups = ['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'];
  const traces = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'];
  return [
    new PolicyStatement({ sid: 'Log', actions: [...logs, ...groups].map((each) => `logs:${each}`), resources: ['*'] }),
    new PolicyStatement({ sid: 'Traces', actions: traces.map((each) => `xray:${each}`), resources: ['*'] }),
  ];
}
