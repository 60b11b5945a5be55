import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { EndpointIngestion } from './endpoint-ingestion.ts';

export interface ScheduleGroupProps {
  /** Name of the deployment, and of the group. */
  readonly deployment: string;
  /** Functions that the schedules may invoke. */
  readonly ingestions: readonly EndpointIngestion[];
}

/** The group of all schedules of a deployment, and the role that EventBridge Scheduler uses to run them. */
export class ScheduleGroup extends Construct {
  readonly name: string;
  readonly role: Role;

  constructor(scope: Construct, id: string, { deployment, ingestions }: ScheduleGroupProps) {
    super(scope, id);
    const group = new CfnScheduleGroup(this, 'Group', { name: deployment });
    this.name = group.ref;
    this.role = new Role(this, 'Role', {
      description: `Schedules of ${deployment}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.attrArn },
        },
      }),
      inlinePolicies: {
        schedules: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: ingestions.map((ingestion) => ingestion.function.functionArn),
            }),
            new PolicyStatement({
              actions: ['sqs:SendMessage'],
              resources: ingestions.map(({ undelivered }) => undelivered.queueArn),
            }),
          ],
        }),
      },
    });
  }
}
