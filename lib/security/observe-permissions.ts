import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Why the resource is `*`. */
export const ANY_LOG = 'Log delivery and traces of a state machine: these actions know no narrower resource.';

/** Log and traces of a state machine: Step Functions sets them up itself, and these actions know no narrower resource. */
export function grantObservation(): PolicyStatement[] {
  const logs = ['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries'];
  const groups = ['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'];
  const traces = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'];
  return [
    new PolicyStatement({ sid: 'Log', actions: [...logs, ...groups].map((each) => `logs:${each}`), resources: ['*'] }),
    new PolicyStatement({ sid: 'Traces', actions: traces.map((each) => `xray:${each}`), resources: ['*'] }),
  ];
}
