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
   * Who is told by e-mail.
   * @default - nobody
   */
  readonly email?: string | undefined;
}

/** What an alarm says, and where to read what to do. */
export interface AlertProps extends Omit<AlarmProps, 'alarmDescription' | 'actionsEnabled'> {
  /** One or two sentences for the person who is woken by it. */
  readonly says: string;
  /** Anchor of its runbook. */
  readonly runbook: string;
}

/** The topic that every alarm of a deployment is sent to. */
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

  /** An alarm that tells when it begins and when it is over. */
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
