extension TypeSchema {
    static let podTable = """
        Pod: kind string, apiVersion string, metadata ObjectMeta, spec PodSpec, status PodStatus
        PodTemplateSpec: metadata ObjectMeta, spec PodSpec
        PodSpec: volumes []Volume@name, initContainers []Container@name, containers []Container!@name,
            ephemeralContainers []EphemeralContainer@name, restartPolicy string,
            terminationGracePeriodSeconds *int64, activeDeadlineSeconds *int64, dnsPolicy string,
            nodeSelector {}string, serviceAccountName string, serviceAccount string,
            automountServiceAccountToken *bool, nodeName string, hostNetwork bool, hostPID bool, hostIPC bool,
            shareProcessNamespace *bool, securityContext *PodSecurityContext,
            imagePullSecrets []LocalObjectReference@name, hostname string, subdomain string, affinity *Affinity,
            schedulerName string, tolerations []Toleration, hostAliases []HostAlias@ip, priorityClassName string,
            priority *int32, dnsConfig *PodDNSConfig, readinessGates []PodReadinessGate, runtimeClassName *string,
            enableServiceLinks *bool, preemptionPolicy *string, overhead {}quantity,
            topologySpreadConstraints []TopologySpreadConstraint@topologyKey, setHostnameAsFQDN *bool, os *PodOS,
            hostUsers *bool, schedulingGates []PodSchedulingGate@name, resourceClaims []PodResourceClaim@name,
            resources *ResourceRequirements, hostnameOverride *string, workloadRef *any
        Container: name string!, image string, command []string, args []string, workingDir string,
            ports []ContainerPort@containerPort, envFrom []EnvFromSource, env []EnvVar@name,
            resources ResourceRequirements, resizePolicy []ContainerResizePolicy, restartPolicy *string,
            restartPolicyRules []any, volumeMounts []VolumeMount@mountPath,
            volumeDevices []VolumeDevice@devicePath, livenessProbe *Probe, readinessProbe *Probe,
            startupProbe *Probe, lifecycle *Lifecycle, terminationMessagePath string,
            terminationMessagePolicy string, imagePullPolicy string, securityContext *SecurityContext, stdin bool,
            stdinOnce bool, tty bool
        EphemeralContainer: name string!, image string, command []string, args []string, workingDir string,
            ports []ContainerPort@containerPort, envFrom []EnvFromSource, env []EnvVar@name,
            resources ResourceRequirements, resizePolicy []ContainerResizePolicy, restartPolicy *string,
            restartPolicyRules []any, volumeMounts []VolumeMount@mountPath,
            volumeDevices []VolumeDevice@devicePath, livenessProbe *Probe, readinessProbe *Probe,
            startupProbe *Probe, lifecycle *Lifecycle, terminationMessagePath string,
            terminationMessagePolicy string, imagePullPolicy string, securityContext *SecurityContext, stdin bool,
            stdinOnce bool, tty bool, targetContainerName string
        ContainerPort: name string, hostPort int32, containerPort int32!, protocol string, hostIP string
        EnvFromSource: prefix string, configMapRef *ConfigMapEnvSource, secretRef *SecretEnvSource
        ConfigMapEnvSource: name string, optional *bool
        SecretEnvSource: name string, optional *bool
        EnvVar: name string!, value string, valueFrom *EnvVarSource
        EnvVarSource: fieldRef *ObjectFieldSelector, resourceFieldRef *ResourceFieldSelector,
            configMapKeyRef *ConfigMapKeySelector, secretKeyRef *SecretKeySelector, fileKeyRef *FileKeySelector
        ObjectFieldSelector: apiVersion string, fieldPath string!
        ResourceFieldSelector: containerName string, resource string!, divisor quantity!
        ConfigMapKeySelector: name string, key string!, optional *bool
        SecretKeySelector: name string, key string!, optional *bool
        FileKeySelector: volumeName string!, path string!, key string!, optional *bool
        ResourceRequirements: limits {}quantity, requests {}quantity, claims []ResourceClaim
        ResourceClaim: name string!, request string
        ContainerResizePolicy: resourceName string!, restartPolicy string!
        VolumeMount: name string!, readOnly bool, recursiveReadOnly *string, mountPath string!, subPath string,
            mountPropagation *string, subPathExpr string
        VolumeDevice: name string!, devicePath string!
        Probe: exec *ExecAction, httpGet *HTTPGetAction, tcpSocket *TCPSocketAction, grpc *GRPCAction,
            initialDelaySeconds int32, timeoutSeconds int32, periodSeconds int32, successThreshold int32,
            failureThreshold int32, terminationGracePeriodSeconds *int64
        ExecAction: command []string
        HTTPGetAction: path string, port intOrString!, host string, scheme string, httpHeaders []HTTPHeader
        HTTPHeader: name string!, value string!
        TCPSocketAction: port intOrString!, host string
        GRPCAction: port int32!, service *string!
        SleepAction: seconds int64!
        Lifecycle: postStart *LifecycleHandler, preStop *LifecycleHandler, stopSignal *string
        LifecycleHandler: exec *ExecAction, httpGet *HTTPGetAction, tcpSocket *TCPSocketAction, sleep *SleepAction
        SecurityContext: capabilities *Capabilities, privileged *bool, seLinuxOptions *SELinuxOptions,
            windowsOptions *any, runAsUser *int64, runAsGroup *int64, runAsNonRoot *bool,
            readOnlyRootFilesystem *bool, allowPrivilegeEscalation *bool, procMount *string,
            seccompProfile *SeccompProfile, appArmorProfile *AppArmorProfile
        Capabilities: add []string, drop []string
        SELinuxOptions: user string, role string, type string, level string
        SeccompProfile: type string!, localhostProfile *string
        AppArmorProfile: type string!, localhostProfile *string
        PodSecurityContext: seLinuxOptions *SELinuxOptions, windowsOptions *any, runAsUser *int64,
            runAsGroup *int64, runAsNonRoot *bool, supplementalGroups []int64, supplementalGroupsPolicy *string,
            fsGroup *int64, sysctls []Sysctl, fsGroupChangePolicy *string, seccompProfile *SeccompProfile,
            appArmorProfile *AppArmorProfile, seLinuxChangePolicy *string
        Sysctl: name string!, value string!
        Affinity: nodeAffinity *any, podAffinity *any, podAntiAffinity *any
        Toleration: key string, operator string, value string, effect string, tolerationSeconds *int64
        HostAlias: ip string!, hostnames []string
        PodDNSConfig: nameservers []string, searches []string, options []PodDNSConfigOption
        PodDNSConfigOption: name string, value *string
        PodReadinessGate: conditionType string!
        TopologySpreadConstraint: maxSkew int32!, topologyKey string!, whenUnsatisfiable string!,
            labelSelector *LabelSelector, minDomains *int32, nodeAffinityPolicy *string, nodeTaintsPolicy *string,
            matchLabelKeys []string
        PodOS: name string!
        PodSchedulingGate: name string!
        PodResourceClaim: name string!, resourceClaimName *string, resourceClaimTemplateName *string
        PodStatus: observedGeneration int64, phase string, conditions []PodCondition@type, message string,
            reason string, nominatedNodeName string, hostIP string, hostIPs []HostIP@ip, podIP string,
            podIPs []PodIP@ip, startTime *time, initContainerStatuses []ContainerStatus,
            containerStatuses []ContainerStatus, qosClass string, ephemeralContainerStatuses []ContainerStatus,
            resize string, resourceClaimStatuses []any
        PodCondition: type string!, observedGeneration int64, status string!, lastProbeTime time!,
            lastTransitionTime time!, reason string, message string
        HostIP: ip string!
        PodIP: ip string!
        ContainerStatus: name string!, state ContainerState, lastState ContainerState, ready bool!,
            restartCount int32!, image string!, imageID string!, containerID string, started *bool,
            allocatedResources {}quantity, resources *ResourceRequirements, volumeMounts []any, user *any
        ContainerState: waiting *ContainerStateWaiting, running *ContainerStateRunning,
            terminated *ContainerStateTerminated
        ContainerStateWaiting: reason string, message string
        ContainerStateRunning: startedAt time!
        ContainerStateTerminated: exitCode int32!, signal int32, reason string, message string, startedAt time!,
            finishedAt time!, containerID string
        """

    static let volumeTable = """
        Volume: name string!, hostPath *HostPathVolumeSource, emptyDir *EmptyDirVolumeSource,
            gcePersistentDisk *any, awsElasticBlockStore *any, gitRepo *any, secret *SecretVolumeSource, nfs *any,
            iscsi *any, glusterfs *any, persistentVolumeClaim *PersistentVolumeClaimVolumeSource, rbd *any,
            flexVolume *any, cinder *any, cephfs *any, flocker *any, downwardAPI *DownwardAPIVolumeSource, fc *any,
            azureFile *any, configMap *ConfigMapVolumeSource, vsphereVolume *any, quobyte *any, azureDisk *any,
            photonPersistentDisk *any, projected *ProjectedVolumeSource, portworxVolume *any, scaleIO *any,
            storageos *any, csi *CSIVolumeSource, ephemeral *any, image *ImageVolumeSource
        HostPathVolumeSource: path string!, type *string
        EmptyDirVolumeSource: medium string, sizeLimit *quantity
        SecretVolumeSource: secretName string, items []KeyToPath, defaultMode *int32, optional *bool
        ConfigMapVolumeSource: name string, items []KeyToPath, defaultMode *int32, optional *bool
        KeyToPath: key string!, path string!, mode *int32
        PersistentVolumeClaimVolumeSource: claimName string!, readOnly bool
        DownwardAPIVolumeSource: items []DownwardAPIVolumeFile, defaultMode *int32
        DownwardAPIVolumeFile: path string!, fieldRef *ObjectFieldSelector,
            resourceFieldRef *ResourceFieldSelector, mode *int32
        ProjectedVolumeSource: sources []VolumeProjection!, defaultMode *int32
        VolumeProjection: secret *SecretProjection, downwardAPI *DownwardAPIProjection,
            configMap *ConfigMapProjection, serviceAccountToken *ServiceAccountTokenProjection,
            clusterTrustBundle *any, podCertificate *any
        SecretProjection: name string, items []KeyToPath, optional *bool
        ConfigMapProjection: name string, items []KeyToPath, optional *bool
        DownwardAPIProjection: items []DownwardAPIVolumeFile
        ServiceAccountTokenProjection: audience string, expirationSeconds *int64, path string!
        CSIVolumeSource: driver string!, readOnly *bool, fsType *string, volumeAttributes {}string,
            nodePublishSecretRef *LocalObjectReference
        ImageVolumeSource: reference string, pullPolicy string
        """
}
