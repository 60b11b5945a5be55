import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { justifyWildcards } from '../security/justified.ts';
import { grantObservation } from '../security/observe-permissions.ts';
import { uploadDefinition } from './definition-file.ts';

export interface LoggedStateMachineProps {
  /** Name of the state machine. */
  readonly name: string;
  /** What its role is for. */
  readonly roleDescription: string;
  /** Name of the role's policy and of the file with the definition. */
  readonly part: string;
  /** Permissions of the role, beside those to write logs and traces. */
  readonly statements: readonly PolicyStatement[];
  /** Gives the reason for a wildcard in the resources of the role. */
  readonly explainWildcard: (resource: string) => string | undefined;
  readonly definition: object;
  /** Values of the places in the definition. */
  readonly places: Readonly<Record<string, string>>;
  /** Retention of log entries. */
  readonly logRetention: RetentionDays;
}

/** Creates a state machine with its role (`Role`) and its log (`Log`). Data of executions are not logged. */
export function createStateMachine(scope: Construct, props: LoggedStateMachineProps): StateMachine {
  const { name, part } = props;
  const role = new Role(scope, 'Role', {
    description: props.roleDescription,
    assumedBy: new ServicePrincipal('states.amazonaws.com'),
    inlinePolicies: { [part]: new PolicyDocument({ statements: [...props.statements, ...grantObservation()] }) },
  });
  justifyWildcards(role, props.explainWildcard);
  return new StateMachine(scope, 'StateMachine', {
    stateMachineName: name,
    ...uploadDefinition(scope, part, props.definition, props.places),
    role: role.withoutPolicyUpdates(),
    logs: {
      destination: new LogGroup(scope, 'Log', {
        logGroupName: `/aws/vendedlogs/states/${name}`,
        retention: props.logRetention,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      level: LogLevel.ALL,
      includeExecutionData: false,
    },
    tracingEnabled: true,
  });
}
