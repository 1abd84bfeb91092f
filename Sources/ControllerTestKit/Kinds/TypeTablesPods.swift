extension TypeSchema {
    static let podTable = """
        Pod: kind string, apiVersion string, metadata ObjectMeta, spec PodSpec, status PodStatus
        PodTemplateSpec: metadata ObjectMeta=1, spec PodSpec=2
        PodSpec: volumes []Volume@name=1, initContainers []Container@name=20, containers []Container!@name=2,
            ephemeralContainers []EphemeralContainer@name=34, restartPolicy string=3,
            terminationGracePeriodSeconds *int64=4, activeDeadlineSeconds *int64=5, dnsPolicy string=6,
            nodeSelector {}string=7, serviceAccountName string=8, serviceAccount string=9,
            automountServiceAccountToken *bool=21, nodeName string=10, hostNetwork bool=11, hostPID bool=12,
            hostIPC bool=13, shareProcessNamespace *bool=27, securityContext *PodSecurityContext=14,
            imagePullSecrets []LocalObjectReference@name=15, hostname string=16, subdomain string=17,
            affinity *Affinity, schedulerName string=19, tolerations []Toleration=22, hostAliases []HostAlias@ip=23,
            priorityClassName string=24, priority *int32=25, dnsConfig *PodDNSConfig=26,
            readinessGates []PodReadinessGate=28, runtimeClassName *string=29, enableServiceLinks *bool=30,
            preemptionPolicy *string=31, overhead {}quantity=32,
            topologySpreadConstraints []TopologySpreadConstraint@topologyKey=33, setHostnameAsFQDN *bool=35,
            os *PodOS=36, hostUsers *bool=37, schedulingGates []PodSchedulingGate@name=38,
            resourceClaims []PodResourceClaim@name=39, resources *ResourceRequirements=40,
            hostnameOverride *string=41, workloadRef *any
        Container: name string!=1, image string=2, command []string=3, args []string=4, workingDir string=5,
            ports []ContainerPort@containerPort=6, envFrom []EnvFromSource=19, env []EnvVar@name=7,
            resources ResourceRequirements=8, resizePolicy []ContainerResizePolicy=23, restartPolicy *string=24,
            restartPolicyRules []any, volumeMounts []VolumeMount@mountPath=9,
            volumeDevices []VolumeDevice@devicePath=21, livenessProbe *Probe=10, readinessProbe *Probe=11,
            startupProbe *Probe=22, lifecycle *Lifecycle=12, terminationMessagePath string=13,
            terminationMessagePolicy string=20, imagePullPolicy string=14, securityContext *SecurityContext=15,
            stdin bool=16, stdinOnce bool=17, tty bool=18
        EphemeralContainer: name string!=1.1, image string=1.2, command []string=1.3, args []string=1.4,
            workingDir string=1.5, ports []ContainerPort@containerPort=1.6, envFrom []EnvFromSource=1.19,
            env []EnvVar@name=1.7, resources ResourceRequirements=1.8, resizePolicy []ContainerResizePolicy=1.23,
            restartPolicy *string=1.24, restartPolicyRules []any, volumeMounts []VolumeMount@mountPath=1.9,
            volumeDevices []VolumeDevice@devicePath=1.21, livenessProbe *Probe=1.10, readinessProbe *Probe=1.11,
            startupProbe *Probe=1.22, lifecycle *Lifecycle=1.12, terminationMessagePath string=1.13,
            terminationMessagePolicy string=1.20, imagePullPolicy string=1.14, securityContext *SecurityContext=1.15,
            stdin bool=1.16, stdinOnce bool=1.17, tty bool=1.18, targetContainerName string=2
        ContainerPort: name string=1, hostPort int32=2, containerPort int32!=3, protocol string=4, hostIP string=5
        EnvFromSource: prefix string=1, configMapRef *ConfigMapEnvSource=2, secretRef *SecretEnvSource=3
        ConfigMapEnvSource: name string=1.1, optional *bool=2
        SecretEnvSource: name string=1.1, optional *bool=2
        EnvVar: name string!=1, value string=2, valueFrom *EnvVarSource=3
        EnvVarSource: fieldRef *ObjectFieldSelector=1, resourceFieldRef *ResourceFieldSelector=2,
            configMapKeyRef *ConfigMapKeySelector=3, secretKeyRef *SecretKeySelector=4, fileKeyRef *FileKeySelector=5
        ObjectFieldSelector: apiVersion string=1, fieldPath string!=2
        ResourceFieldSelector: containerName string=1, resource string!=2, divisor quantity!=3
        ConfigMapKeySelector: name string=1.1, key string!=2, optional *bool=3
        SecretKeySelector: name string=1.1, key string!=2, optional *bool=3
        FileKeySelector: volumeName string!=1, path string!=2, key string!=3, optional *bool=4
        ResourceRequirements: limits {}quantity=1, requests {}quantity=2, claims []ResourceClaim=3
        ResourceClaim: name string!=1, request string=2
        ContainerResizePolicy: resourceName string!=1, restartPolicy string!=2
        VolumeMount: name string!=1, readOnly bool=2, recursiveReadOnly *string=7, mountPath string!=3,
            subPath string=4, mountPropagation *string=5, subPathExpr string=6
        VolumeDevice: name string!=1, devicePath string!=2
        Probe: exec *ExecAction=1.1, httpGet *HTTPGetAction=1.2, tcpSocket *TCPSocketAction=1.3, grpc *GRPCAction=1.4,
            initialDelaySeconds int32=2, timeoutSeconds int32=3, periodSeconds int32=4, successThreshold int32=5,
            failureThreshold int32=6, terminationGracePeriodSeconds *int64=7
        ExecAction: command []string=1
        HTTPGetAction: path string=1, port intOrString!=2, host string=3, scheme string=4, httpHeaders []HTTPHeader=5
        HTTPHeader: name string!=1, value string!=2
        TCPSocketAction: port intOrString!=1, host string=2
        GRPCAction: port int32!=1, service *string!=2
        SleepAction: seconds int64!=1
        Lifecycle: postStart *LifecycleHandler=1, preStop *LifecycleHandler=2, stopSignal *string=3
        LifecycleHandler: exec *ExecAction=1, httpGet *HTTPGetAction=2, tcpSocket *TCPSocketAction=3,
            sleep *SleepAction=4
        SecurityContext: capabilities *Capabilities=1, privileged *bool=2, seLinuxOptions *SELinuxOptions=3,
            windowsOptions *any, runAsUser *int64=4, runAsGroup *int64=8, runAsNonRoot *bool=5,
            readOnlyRootFilesystem *bool=6, allowPrivilegeEscalation *bool=7, procMount *string=9,
            seccompProfile *SeccompProfile=11, appArmorProfile *AppArmorProfile=12
        Capabilities: add []string=1, drop []string=2
        SELinuxOptions: user string=1, role string=2, type string=3, level string=4
        SeccompProfile: type string!=1, localhostProfile *string=2
        AppArmorProfile: type string!=1, localhostProfile *string=2
        PodSecurityContext: seLinuxOptions *SELinuxOptions=1, windowsOptions *any, runAsUser *int64=2,
            runAsGroup *int64=6, runAsNonRoot *bool=3, supplementalGroups []int64=4,
            supplementalGroupsPolicy *string=12, fsGroup *int64=5, sysctls []Sysctl=7, fsGroupChangePolicy *string=9,
            seccompProfile *SeccompProfile=10, appArmorProfile *AppArmorProfile=11, seLinuxChangePolicy *string=13
        Sysctl: name string!=1, value string!=2
        Affinity: nodeAffinity *any, podAffinity *any, podAntiAffinity *any
        Toleration: key string=1, operator string=2, value string=3, effect string=4, tolerationSeconds *int64=5
        HostAlias: ip string!=1, hostnames []string=2
        PodDNSConfig: nameservers []string=1, searches []string=2, options []PodDNSConfigOption=3
        PodDNSConfigOption: name string=1, value *string=2
        PodReadinessGate: conditionType string!=1
        TopologySpreadConstraint: maxSkew int32!=1, topologyKey string!=2, whenUnsatisfiable string!=3,
            labelSelector *LabelSelector=4, minDomains *int32=5, nodeAffinityPolicy *string=6,
            nodeTaintsPolicy *string=7, matchLabelKeys []string=8
        PodOS: name string!=1
        PodSchedulingGate: name string!=1
        PodResourceClaim: name string!=1, resourceClaimName *string=3, resourceClaimTemplateName *string=4
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
        Volume: name string!=1, hostPath *HostPathVolumeSource=2.1, emptyDir *EmptyDirVolumeSource=2.2,
            gcePersistentDisk *any, awsElasticBlockStore *any, gitRepo *any, secret *SecretVolumeSource=2.6, nfs *any,
            iscsi *any, glusterfs *any, persistentVolumeClaim *PersistentVolumeClaimVolumeSource=2.10, rbd *any,
            flexVolume *any, cinder *any, cephfs *any, flocker *any, downwardAPI *DownwardAPIVolumeSource=2.16,
            fc *any, azureFile *any, configMap *ConfigMapVolumeSource=2.19, vsphereVolume *any, quobyte *any,
            azureDisk *any, photonPersistentDisk *any, projected *ProjectedVolumeSource=2.26, portworxVolume *any,
            scaleIO *any, storageos *any, csi *CSIVolumeSource=2.28, ephemeral *any, image *ImageVolumeSource=2.30
        HostPathVolumeSource: path string!=1, type *string=2
        EmptyDirVolumeSource: medium string=1, sizeLimit *quantity=2
        SecretVolumeSource: secretName string=1, items []KeyToPath=2, defaultMode *int32=3, optional *bool=4
        ConfigMapVolumeSource: name string=1.1, items []KeyToPath=2, defaultMode *int32=3, optional *bool=4
        KeyToPath: key string!=1, path string!=2, mode *int32=3
        PersistentVolumeClaimVolumeSource: claimName string!=1, readOnly bool=2
        DownwardAPIVolumeSource: items []DownwardAPIVolumeFile=1, defaultMode *int32=2
        DownwardAPIVolumeFile: path string!=1, fieldRef *ObjectFieldSelector=2,
            resourceFieldRef *ResourceFieldSelector=3, mode *int32=4
        ProjectedVolumeSource: sources []VolumeProjection!=1, defaultMode *int32=2
        VolumeProjection: secret *SecretProjection=1, downwardAPI *DownwardAPIProjection=2,
            configMap *ConfigMapProjection=3, serviceAccountToken *ServiceAccountTokenProjection=4,
            clusterTrustBundle *any, podCertificate *any
        SecretProjection: name string=1.1, items []KeyToPath=2, optional *bool=4
        ConfigMapProjection: name string=1.1, items []KeyToPath=2, optional *bool=4
        DownwardAPIProjection: items []DownwardAPIVolumeFile=1
        ServiceAccountTokenProjection: audience string=1, expirationSeconds *int64=2, path string!=3
        CSIVolumeSource: driver string!=1, readOnly *bool=2, fsType *string=3, volumeAttributes {}string=4,
            nodePublishSecretRef *LocalObjectReference=5
        ImageVolumeSource: reference string=1, pullPolicy string=2
        """
}
