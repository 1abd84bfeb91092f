extension TypeSchema {
    static let workloadTable = """
        Deployment: kind string, apiVersion string, metadata ObjectMeta=1, spec DeploymentSpec=2,
            status DeploymentStatus=3
        DeploymentSpec: replicas *int32=1, selector *LabelSelector!=2, template PodTemplateSpec=3,
            strategy DeploymentStrategy=4, minReadySeconds int32=5, revisionHistoryLimit *int32=6, paused bool=7,
            progressDeadlineSeconds *int32=9
        DeploymentStrategy: type string=1, rollingUpdate *RollingUpdateDeployment=2
        RollingUpdateDeployment: maxUnavailable *intOrString=1, maxSurge *intOrString=2
        DeploymentStatus: observedGeneration int64=1, replicas int32=2, updatedReplicas int32=3,
            readyReplicas int32=7, availableReplicas int32=4, unavailableReplicas int32=5,
            terminatingReplicas *int32=9, conditions []DeploymentCondition@type=6, collisionCount *int32=8
        DeploymentCondition: type string!=1, status string!=2, lastUpdateTime time!=6, lastTransitionTime time!=7,
            reason string=4, message string=5
        StatefulSet: kind string, apiVersion string, metadata ObjectMeta=1, spec StatefulSetSpec=2,
            status StatefulSetStatus=3
        StatefulSetSpec: replicas *int32=1, selector *LabelSelector!=2, template PodTemplateSpec=3,
            volumeClaimTemplates []PersistentVolumeClaim, serviceName string=5, podManagementPolicy string=6,
            updateStrategy StatefulSetUpdateStrategy=7, revisionHistoryLimit *int32=8, minReadySeconds int32=9,
            persistentVolumeClaimRetentionPolicy *ClaimRetentionPolicy=10, ordinals *StatefulSetOrdinals=11
        StatefulSetUpdateStrategy: type string=1, rollingUpdate *RollingUpdateStatefulSetStrategy=2
        RollingUpdateStatefulSetStrategy: partition *int32=1, maxUnavailable *intOrString=2
        ClaimRetentionPolicy: whenDeleted string=1, whenScaled string=2
        StatefulSetOrdinals: start int32!=1
        StatefulSetStatus: observedGeneration int64=1, replicas int32!=2, readyReplicas int32=3,
            currentReplicas int32=4, updatedReplicas int32=5, currentRevision string=6, updateRevision string=7,
            collisionCount *int32=9, conditions []WorkloadCondition@type=10, availableReplicas int32!=11
        WorkloadCondition: type string!=1, status string!=2, lastTransitionTime time!=3, reason string=4,
            message string=5
        PersistentVolumeClaim: kind string, apiVersion string, metadata ObjectMeta, spec *any, status *any
        DaemonSet: kind string, apiVersion string, metadata ObjectMeta=1, spec DaemonSetSpec=2,
            status DaemonSetStatus=3
        DaemonSetSpec: selector *LabelSelector!=1, template PodTemplateSpec=2,
            updateStrategy DaemonSetUpdateStrategy=3, minReadySeconds int32=4, revisionHistoryLimit *int32=6
        DaemonSetUpdateStrategy: type string=1, rollingUpdate *RollingUpdateDaemonSet=2
        RollingUpdateDaemonSet: maxUnavailable *intOrString=1, maxSurge *intOrString=2
        DaemonSetStatus: currentNumberScheduled int32!=1, numberMisscheduled int32!=2,
            desiredNumberScheduled int32!=3, numberReady int32!=4, observedGeneration int64=5,
            updatedNumberScheduled int32=6, numberAvailable int32=7, numberUnavailable int32=8,
            collisionCount *int32=9, conditions []WorkloadCondition@type=10
        ReplicaSet: kind string, apiVersion string, metadata ObjectMeta, spec ReplicaSetSpec, status ReplicaSetStatus
        ReplicaSetSpec: replicas *int32, minReadySeconds int32, selector *LabelSelector!, template PodTemplateSpec
        ReplicaSetStatus: replicas int32!, fullyLabeledReplicas int32, readyReplicas int32, availableReplicas int32,
            terminatingReplicas *int32, observedGeneration int64, conditions []WorkloadCondition@type
        Job: kind string, apiVersion string, metadata ObjectMeta=1, spec JobSpec=2, status JobStatus=3
        JobSpec: parallelism *int32=1, completions *int32=2, activeDeadlineSeconds *int64=3, podFailurePolicy *any,
            successPolicy *any, backoffLimit *int32=7, backoffLimitPerIndex *int32=12, maxFailedIndexes *int32=13,
            selector *LabelSelector=4, manualSelector *bool=5, template PodTemplateSpec=6,
            ttlSecondsAfterFinished *int32=8, completionMode *string=9, suspend *bool=10,
            podReplacementPolicy *string=14, managedBy *string=15
        JobStatus: conditions []JobCondition@type=1, startTime *time=2, completionTime *time=3, active int32=4,
            succeeded int32=5, failed int32=6, terminating *int32=11, completedIndexes string=7,
            failedIndexes *string=10, uncountedTerminatedPods *UncountedTerminatedPods=8, ready *int32=9
        UncountedTerminatedPods: succeeded []string=1, failed []string=2
        JobCondition: type string!=1, status string!=2, lastProbeTime time!=3, lastTransitionTime time!=4,
            reason string=5, message string=6
        JobTemplateSpec: metadata ObjectMeta=1, spec JobSpec=2
        CronJob: kind string, apiVersion string, metadata ObjectMeta=1, spec CronJobSpec=2, status CronJobStatus=3
        CronJobSpec: schedule string!=1, timeZone *string=8, startingDeadlineSeconds *int64=2,
            concurrencyPolicy string=3, suspend *bool=4, jobTemplate JobTemplateSpec=5,
            successfulJobsHistoryLimit *int32=6, failedJobsHistoryLimit *int32=7
        CronJobStatus: active []ObjectReference=1, lastScheduleTime *time=4, lastSuccessfulTime *time=5
        DeploymentConfig: kind string, apiVersion string, metadata ObjectMeta, spec DeploymentConfigSpec, status *any
        DeploymentConfigSpec: strategy *any, minReadySeconds int32, triggers *any, replicas int32!,
            revisionHistoryLimit *int32, test bool!, paused bool, selector {}string, template PodTemplateSpec
        Scale: kind string, apiVersion string, metadata ObjectMeta, spec ScaleSpec, status ScaleStatus
        ScaleSpec: replicas int32
        ScaleStatus: replicas int32!, selector string
        """
}
