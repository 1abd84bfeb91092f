extension TypeSchema {
    static let workloadTable = """
        Deployment: kind string, apiVersion string, metadata ObjectMeta, spec DeploymentSpec,
            status DeploymentStatus
        DeploymentSpec: replicas *int32, selector *LabelSelector!, template PodTemplateSpec,
            strategy DeploymentStrategy, minReadySeconds int32, revisionHistoryLimit *int32, paused bool,
            progressDeadlineSeconds *int32
        DeploymentStrategy: type string, rollingUpdate *RollingUpdateDeployment
        RollingUpdateDeployment: maxUnavailable *intOrString, maxSurge *intOrString
        DeploymentStatus: observedGeneration int64, replicas int32, updatedReplicas int32, readyReplicas int32,
            availableReplicas int32, unavailableReplicas int32, terminatingReplicas *int32,
            conditions []DeploymentCondition@type, collisionCount *int32
        DeploymentCondition: type string!, status string!, lastUpdateTime time!, lastTransitionTime time!,
            reason string, message string
        StatefulSet: kind string, apiVersion string, metadata ObjectMeta, spec StatefulSetSpec,
            status StatefulSetStatus
        StatefulSetSpec: replicas *int32, selector *LabelSelector!, template PodTemplateSpec,
            volumeClaimTemplates []PersistentVolumeClaim, serviceName string, podManagementPolicy string,
            updateStrategy StatefulSetUpdateStrategy, revisionHistoryLimit *int32, minReadySeconds int32,
            persistentVolumeClaimRetentionPolicy *ClaimRetentionPolicy, ordinals *StatefulSetOrdinals
        StatefulSetUpdateStrategy: type string, rollingUpdate *RollingUpdateStatefulSetStrategy
        RollingUpdateStatefulSetStrategy: partition *int32, maxUnavailable *intOrString
        ClaimRetentionPolicy: whenDeleted string, whenScaled string
        StatefulSetOrdinals: start int32!
        StatefulSetStatus: observedGeneration int64, replicas int32!, readyReplicas int32, currentReplicas int32,
            updatedReplicas int32, currentRevision string, updateRevision string, collisionCount *int32,
            conditions []WorkloadCondition@type, availableReplicas int32!
        WorkloadCondition: type string!, status string!, lastTransitionTime time!, reason string, message string
        PersistentVolumeClaim: kind string, apiVersion string, metadata ObjectMeta, spec *any, status *any
        DaemonSet: kind string, apiVersion string, metadata ObjectMeta, spec DaemonSetSpec, status DaemonSetStatus
        DaemonSetSpec: selector *LabelSelector!, template PodTemplateSpec, updateStrategy DaemonSetUpdateStrategy,
            minReadySeconds int32, revisionHistoryLimit *int32
        DaemonSetUpdateStrategy: type string, rollingUpdate *RollingUpdateDaemonSet
        RollingUpdateDaemonSet: maxUnavailable *intOrString, maxSurge *intOrString
        DaemonSetStatus: currentNumberScheduled int32!, numberMisscheduled int32!, desiredNumberScheduled int32!,
            numberReady int32!, observedGeneration int64, updatedNumberScheduled int32, numberAvailable int32,
            numberUnavailable int32, collisionCount *int32, conditions []WorkloadCondition@type
        ReplicaSet: kind string, apiVersion string, metadata ObjectMeta, spec ReplicaSetSpec,
            status ReplicaSetStatus
        ReplicaSetSpec: replicas *int32, minReadySeconds int32, selector *LabelSelector!, template PodTemplateSpec
        ReplicaSetStatus: replicas int32!, fullyLabeledReplicas int32, readyReplicas int32,
            availableReplicas int32, terminatingReplicas *int32, observedGeneration int64,
            conditions []WorkloadCondition@type
        Job: kind string, apiVersion string, metadata ObjectMeta, spec JobSpec, status JobStatus
        JobSpec: parallelism *int32, completions *int32, activeDeadlineSeconds *int64, podFailurePolicy *any,
            successPolicy *any, backoffLimit *int32, backoffLimitPerIndex *int32, maxFailedIndexes *int32,
            selector *LabelSelector, manualSelector *bool, template PodTemplateSpec,
            ttlSecondsAfterFinished *int32, completionMode *string, suspend *bool, podReplacementPolicy *string,
            managedBy *string
        JobStatus: conditions []JobCondition@type, startTime *time, completionTime *time, active int32,
            succeeded int32, failed int32, terminating *int32, completedIndexes string, failedIndexes *string,
            uncountedTerminatedPods *UncountedTerminatedPods, ready *int32
        UncountedTerminatedPods: succeeded []string, failed []string
        JobCondition: type string!, status string!, lastProbeTime time!, lastTransitionTime time!, reason string,
            message string
        JobTemplateSpec: metadata ObjectMeta, spec JobSpec
        CronJob: kind string, apiVersion string, metadata ObjectMeta, spec CronJobSpec, status CronJobStatus
        CronJobSpec: schedule string!, timeZone *string, startingDeadlineSeconds *int64, concurrencyPolicy string,
            suspend *bool, jobTemplate JobTemplateSpec, successfulJobsHistoryLimit *int32,
            failedJobsHistoryLimit *int32
        CronJobStatus: active []ObjectReference, lastScheduleTime *time, lastSuccessfulTime *time
        DeploymentConfig: kind string, apiVersion string, metadata ObjectMeta, spec DeploymentConfigSpec, status *any
        DeploymentConfigSpec: strategy *any, minReadySeconds int32, triggers *any, replicas int32!,
            revisionHistoryLimit *int32, test bool!, paused bool, selector {}string, template PodTemplateSpec
        Scale: kind string, apiVersion string, metadata ObjectMeta, spec ScaleSpec, status ScaleStatus
        ScaleSpec: replicas int32
        ScaleStatus: replicas int32!, selector string
        """
}
