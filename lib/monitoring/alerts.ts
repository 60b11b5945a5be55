import { Stack } from 'aws-cdk-lib';
import { Alarm, type AlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlertsProps {
  /** Name of the deployment. */
  readonly deployment: string;
  /** Address of the runbooks, without the anchor. */
  readonly runbookUrl: string;
  /**
   * E-mail address for alarms.
   * @default - no e-mail
   */
  readonly email?: string | undefined;
}

/** The text of an alarm and its runbook. */
export interface AlertProps extends Omit<AlarmProps, 'alarmDescription' | 'actionsEnabled'> {
  /** One or two sentences for the person on call. */
  readonly says: string;
  /** Anchor of its runbook. */
  readonly runbook: string;
}

/** The topic for every alarm of a deployment. */
export class Alerts extends Construct {
  readonly topic: Topic;
  readonly #runbookUrl: string;

  constructor(scope: Construct, id: string, { deployment, runbookUrl, email }: AlertsProps) {
    super(scope, id);
    this.#runbookUrl = runbookUrl;
    this.topic = new Topic(this, 'Topic', {
      topicName: `${deployment}-alarms`,
      displayName: `Alarms of ${deployment}`,
      enforceSSL: true,
    });
    const { account } = Stack.of(this);
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
  }

  /** Creates an alarm that notifies when it starts and when it ends. */
  add(scope: Construct, id: string, { says, runbook, ...props }: AlertProps): Alarm {
    const alarm = new Alarm(scope, id, {
      ...props,
      alarmDescription: `${says} Runbook: ${this.#runbookUrl}#${runbook}`,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }
}
