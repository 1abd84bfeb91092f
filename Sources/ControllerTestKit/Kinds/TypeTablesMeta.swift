extension TypeSchema {
    /// The types of the built-in kinds.
    ///
    /// Facts from the Kubernetes API types, version 1.36, and from the `generated.proto` files beside them.
    package static let builtIn = TypeSchema(
        metaTable, configTable, podTable, volumeTable, workloadTable, clusterTable, definitionTable)

    static let metaTable = """
        ObjectMeta: name string=1, generateName string=2, namespace string=3, selfLink string=4, uid string=5,
            resourceVersion string=6, generation int64=7, creationTimestamp time=8, deletionTimestamp *time=9,
            deletionGracePeriodSeconds *int64=10, labels {}string=11, annotations {}string=12,
            ownerReferences []OwnerReference@uid=13, finalizers []string@=14, managedFields []ManagedFieldsEntry=17
        OwnerReference: apiVersion string!=5, kind string!=1, name string!=3, uid string!=4, controller *bool=6,
            blockOwnerDeletion *bool=7
        ManagedFieldsEntry: manager string=1, operation string=2, apiVersion string=3, time *time=4,
            fieldsType string=6, fieldsV1 *any=7, subresource string=8
        LabelSelector: matchLabels {}string=1, matchExpressions []LabelSelectorRequirement=2
        LabelSelectorRequirement: key string!=1, operator string!=2, values []string=3
        Condition: type string!=1, status string!=2, observedGeneration int64=3, lastTransitionTime time!=4,
            reason string!=5, message string!=6
        ObjectReference: kind string=1, namespace string=2, name string=3, uid string=4, apiVersion string=5,
            resourceVersion string=6, fieldPath string=7
        LocalObjectReference: name string=1
        PartialObjectMetadata: kind string, apiVersion string, metadata ObjectMeta=1
        ListMeta: selfLink string=1, resourceVersion string=2, continue string=3, remainingItemCount *int64=4
        Status: kind string, apiVersion string, metadata ListMeta=1, status string=2, message string=3,
            reason string=4, details *StatusDetails=5, code int32=6
        StatusDetails: name string=1, group string=2, kind string=3, causes []StatusCause=4,
            retryAfterSeconds int32=5, uid string=6
        StatusCause: reason string=1, message string=2, field string=3
        DeleteOptions: kind string, apiVersion string, gracePeriodSeconds *int64=1, preconditions *Preconditions=2,
            orphanDependents *bool=3, propagationPolicy *string=4, dryRun []string=5
        Preconditions: uid *string=1, resourceVersion *string=2
        TypedLocalObjectReference: apiGroup *string!=1, kind string!=2, name string!=3
        """

    static let definitionTable = """
        CustomResourceDefinition: kind string, apiVersion string, metadata ObjectMeta,
            spec CustomResourceDefinitionSpec, status CustomResourceDefinitionStatus
        CustomResourceDefinitionSpec: group string!, names CustomResourceDefinitionNames, scope string!,
            versions []CustomResourceDefinitionVersion!, conversion *CustomResourceConversion,
            preserveUnknownFields bool
        CustomResourceDefinitionNames: plural string!, singular string, shortNames []string, kind string!,
            listKind string, categories []string
        CustomResourceDefinitionVersion: name string!, served bool!, storage bool!, deprecated bool,
            deprecationWarning *string, schema *CustomResourceValidation, subresources *CustomResourceSubresources,
            additionalPrinterColumns []CustomResourceColumnDefinition, selectableFields []SelectableField
        CustomResourceValidation: openAPIV3Schema *JSONSchemaProps
        CustomResourceSubresources: status *any, scale *CustomResourceSubresourceScale
        CustomResourceSubresourceScale: specReplicasPath string!, statusReplicasPath string!,
            labelSelectorPath *string
        CustomResourceColumnDefinition: name string!, type string!, format string, description string,
            priority int32, jsonPath string!
        SelectableField: jsonPath string!
        CustomResourceConversion: strategy string!, webhook *any
        CustomResourceDefinitionStatus: conditions []CustomResourceDefinitionCondition!@type,
            acceptedNames CustomResourceDefinitionNames, storedVersions []string!
        CustomResourceDefinitionCondition: type string!, status string!, lastTransitionTime time, reason string,
            message string, observedGeneration int64
        JSONSchemaProps: id string, $schema string, $ref *string, description string, type string, format string,
            title string, default *any, maximum *any, exclusiveMaximum bool, minimum *any, exclusiveMinimum bool,
            maxLength *int64, minLength *int64, pattern string, maxItems *int64, minItems *int64, uniqueItems bool,
            multipleOf *any, enum []any, maxProperties *int64, minProperties *int64, required []string,
            items *JSONSchemaProps, allOf []JSONSchemaProps, oneOf []JSONSchemaProps, anyOf []JSONSchemaProps,
            not *JSONSchemaProps, properties {}JSONSchemaProps, additionalProperties *any,
            patternProperties {}JSONSchemaProps, externalDocs *any, example *any, nullable bool,
            x-kubernetes-preserve-unknown-fields *bool, x-kubernetes-embedded-resource bool,
            x-kubernetes-int-or-string bool, x-kubernetes-list-map-keys []string, x-kubernetes-list-type *string,
            x-kubernetes-map-type *string, x-kubernetes-validations []ValidationRule
        ValidationRule: rule string!, message string, messageExpression string, reason *string, fieldPath string,
            optionalOldSelf *bool
        """

    static let configTable = """
        ConfigMap: kind string, apiVersion string, metadata ObjectMeta=1, immutable *bool=4, data {}string=2,
            binaryData {}bytes=3
        Secret: kind string, apiVersion string, metadata ObjectMeta=1, immutable *bool=5, data {}bytes=2,
            stringData {}string=4, type string=3
        """

    static let clusterTable = """
        Namespace: kind string, apiVersion string, metadata ObjectMeta=1, spec NamespaceSpec=2,
            status NamespaceStatus=3
        NamespaceSpec: finalizers []string=1
        NamespaceStatus: phase string=1, conditions []NamespaceCondition@type=2
        NamespaceCondition: type string!=1, status string!=2, lastTransitionTime time!=4, reason string=5,
            message string=6
        ServiceAccount: kind string, apiVersion string, metadata ObjectMeta=1, secrets []ObjectReference@name=2,
            imagePullSecrets []LocalObjectReference=3, automountServiceAccountToken *bool=4
        Service: kind string, apiVersion string, metadata ObjectMeta, spec ServiceSpec, status ServiceStatus
        ServiceSpec: ports []ServicePort@port, selector {}string, clusterIP string, clusterIPs []string, type string,
            externalIPs []string, sessionAffinity string, loadBalancerIP string, loadBalancerSourceRanges []string,
            externalName string, externalTrafficPolicy string, healthCheckNodePort int32,
            publishNotReadyAddresses bool, sessionAffinityConfig *any, ipFamilies []string, ipFamilyPolicy *string,
            allocateLoadBalancerNodePorts *bool, loadBalancerClass *string, internalTrafficPolicy *string,
            trafficDistribution *string
        ServicePort: name string, protocol string, appProtocol *string, port int32!, targetPort intOrString!,
            nodePort int32
        ServiceStatus: loadBalancer LoadBalancerStatus, conditions []Condition@type
        LoadBalancerStatus: ingress []any
        Event: kind string, apiVersion string, metadata ObjectMeta, involvedObject ObjectReference, reason string,
            message string, source EventSource, firstTimestamp time!, lastTimestamp time!, count int32, type string,
            eventTime microtime!, series *EventSeries, action string, related *ObjectReference,
            reportingComponent string!, reportingInstance string!
        EventV1: kind string, apiVersion string, metadata ObjectMeta, eventTime microtime!, series *EventSeriesV1,
            reportingController string, reportingInstance string, action string, reason string,
            regarding ObjectReference, related *ObjectReference, note string, type string,
            deprecatedSource EventSource, deprecatedFirstTimestamp time!, deprecatedLastTimestamp time!,
            deprecatedCount int32
        EventSeriesV1: count int32!, lastObservedTime microtime!
        EventSource: component string, host string
        EventSeries: count int32, lastObservedTime microtime!
        Lease: kind string, apiVersion string, metadata ObjectMeta=1, spec LeaseSpec=2
        LeaseSpec: holderIdentity *string=1, leaseDurationSeconds *int32=2, acquireTime *microtime=3,
            renewTime *microtime=4, leaseTransitions *int32=5, strategy *string=6, preferredHolder *string=7
        ClusterRole: kind string, apiVersion string, metadata ObjectMeta=1, rules []PolicyRule!=2,
            aggregationRule *any
        Role: kind string, apiVersion string, metadata ObjectMeta=1, rules []PolicyRule!=2
        PolicyRule: verbs []string!=1, apiGroups []string=2, resources []string=3, resourceNames []string=4,
            nonResourceURLs []string=5
        ClusterRoleBinding: kind string, apiVersion string, metadata ObjectMeta=1, subjects []Subject=2,
            roleRef RoleRef=3
        RoleBinding: kind string, apiVersion string, metadata ObjectMeta=1, subjects []Subject=2, roleRef RoleRef=3
        Subject: kind string!=1, apiGroup string=2, name string!=3, namespace string=4
        RoleRef: apiGroup string!=1, kind string!=2, name string!=3
        SelfSubjectAccessReview: kind string, apiVersion string, spec AccessReviewSpec=2
        AccessReviewSpec: resourceAttributes *ResourceAttributes=1,
            nonResourceAttributes *NonResourceAttributes=2
        ResourceAttributes: namespace string=1, verb string=2, group string=3, version string=4, resource string=5,
            subresource string=6, name string=7
        NonResourceAttributes: path string=1, verb string=2
        """
}
