extension TypeSchema {
    /// The types of the built-in kinds.
    ///
    /// Facts from the Kubernetes API types, version 1.36.
    package static let builtIn = TypeSchema(metaTable, configTable, podTable, volumeTable, workloadTable, clusterTable)

    static let metaTable = """
        ObjectMeta: name string, generateName string, namespace string, selfLink string, uid string,
            resourceVersion string, generation int64, creationTimestamp time, deletionTimestamp *time,
            deletionGracePeriodSeconds *int64, labels {}string, annotations {}string,
            ownerReferences []OwnerReference@uid, finalizers []string@, managedFields []ManagedFieldsEntry
        OwnerReference: apiVersion string!, kind string!, name string!, uid string!, controller *bool,
            blockOwnerDeletion *bool
        ManagedFieldsEntry: manager string, operation string, apiVersion string, time *time, fieldsType string,
            fieldsV1 *any, subresource string
        LabelSelector: matchLabels {}string, matchExpressions []LabelSelectorRequirement
        LabelSelectorRequirement: key string!, operator string!, values []string
        Condition: type string!, status string!, observedGeneration int64, lastTransitionTime time!,
            reason string!, message string!
        ObjectReference: kind string, namespace string, name string, uid string, apiVersion string,
            resourceVersion string, fieldPath string
        LocalObjectReference: name string
        TypedLocalObjectReference: apiGroup *string!, kind string!, name string!
        """

    static let configTable = """
        ConfigMap: kind string, apiVersion string, metadata ObjectMeta, immutable *bool, data {}string,
            binaryData {}bytes
        Secret: kind string, apiVersion string, metadata ObjectMeta, immutable *bool, data {}bytes,
            stringData {}string, type string
        """

    static let clusterTable = """
        Namespace: kind string, apiVersion string, metadata ObjectMeta, spec NamespaceSpec, status NamespaceStatus
        NamespaceSpec: finalizers []string
        NamespaceStatus: phase string, conditions []NamespaceCondition@type
        NamespaceCondition: type string!, status string!, lastTransitionTime time!, reason string, message string
        ServiceAccount: kind string, apiVersion string, metadata ObjectMeta, secrets []ObjectReference@name,
            imagePullSecrets []LocalObjectReference, automountServiceAccountToken *bool
        Service: kind string, apiVersion string, metadata ObjectMeta, spec ServiceSpec, status ServiceStatus
        ServiceSpec: ports []ServicePort@port, selector {}string, clusterIP string, clusterIPs []string,
            type string, externalIPs []string, sessionAffinity string, loadBalancerIP string,
            loadBalancerSourceRanges []string, externalName string, externalTrafficPolicy string,
            healthCheckNodePort int32, publishNotReadyAddresses bool, sessionAffinityConfig *any,
            ipFamilies []string, ipFamilyPolicy *string, allocateLoadBalancerNodePorts *bool,
            loadBalancerClass *string, internalTrafficPolicy *string, trafficDistribution *string
        ServicePort: name string, protocol string, appProtocol *string, port int32!, targetPort intOrString!,
            nodePort int32
        ServiceStatus: loadBalancer LoadBalancerStatus, conditions []Condition@type
        LoadBalancerStatus: ingress []any
        Event: kind string, apiVersion string, metadata ObjectMeta, involvedObject ObjectReference, reason string,
            message string, source EventSource, firstTimestamp time!, lastTimestamp time!, count int32,
            type string, eventTime microtime!, series *EventSeries, action string, related *ObjectReference,
            reportingComponent string!, reportingInstance string!
        EventSource: component string, host string
        EventSeries: count int32, lastObservedTime microtime!
        Lease: kind string, apiVersion string, metadata ObjectMeta, spec LeaseSpec
        LeaseSpec: holderIdentity *string, leaseDurationSeconds *int32, acquireTime *microtime,
            renewTime *microtime, leaseTransitions *int32, strategy *string, preferredHolder *string
        ClusterRole: kind string, apiVersion string, metadata ObjectMeta, rules []PolicyRule!, aggregationRule *any
        Role: kind string, apiVersion string, metadata ObjectMeta, rules []PolicyRule!
        PolicyRule: verbs []string!, apiGroups []string, resources []string, resourceNames []string,
            nonResourceURLs []string
        ClusterRoleBinding: kind string, apiVersion string, metadata ObjectMeta, subjects []Subject, roleRef RoleRef
        RoleBinding: kind string, apiVersion string, metadata ObjectMeta, subjects []Subject, roleRef RoleRef
        Subject: kind string!, apiGroup string, name string!, namespace string
        RoleRef: apiGroup string!, kind string!, name string!
        """
}
