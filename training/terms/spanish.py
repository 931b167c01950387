"""The words of Spanish headers: Spain and Latin America."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": """
        edad | fecha de nacimiento | ano de nacimiento | codigo postal | fecha nac | fecha nacimiento | f nacimiento | f
        nac | nacido el | nacida el | ano nacimiento | =cp | =c p | =ciudad | =municipio | =calle | =barrio | =colonia |
        lugar de residencia | zona de residencia |
        fec nac | ano nac | =localidad
    """,
    "demographic": """
        sexo | genero | varon | mujer | hombre | =nino | =nina | =chico | =chica | masculino | femenino | hembra | =h m
        | lugar de nacimiento | pais de nacimiento | direccion | domicilio | nacionalidad | =extranjero | =extranjera |
        alumno extranjero | inmigrante | migrante | refugiado | refugiada | etnia | raza | indigena | pueblo originario
        | afrodescendiente | mestizo | gitano | gitana | minoria | religion | lengua materna | lengua indigena | idioma
        | discapacidad | discapacitado | necesidades educativas especiales | nee | neae | acneae | acnee | dislexia |
        tdah | beca comedor | estado civil | embarazada | desplazado | =m h | =v m | =m f | pais de origen | pais origen
        | =origen | lugar nacimiento | pais nacimiento | hispanohablante | castellanohablante | anee | aneae |
        necesidades especiales | discapacidades | minusvalia | =musulman | =musulmana | =catolico | =catolica |
        =cristiano | =evangelico | casado | casada | soltero | soltera | divorciado | divorciada | becas comedor |
        primera lengua | lengua de origen | vulnerable | desfavorecido | asilo | condicion indigena | autoidentificacion
        etnica | sisben | huerfano | huerfana | numero de hijos | tiene hijos | victima del conflicto |
        necesidades educativas | adaptacion curricular | =aci
    """,
    "circumstances": """
        becario | becaria | becado | becada | beca | estrato | nivel socioeconomico | ingresos familiares | padre |
        madre | padres | hermanos | educacion madre | educacion padre | estrato vivienda
    """,
    "personal": """
        nombre | apellido | apellidos | correo | telefono | nombre y apellidos | apellidos y nombre | apellidos nombre |
        nombre apellidos | primer apellido | segundo apellido | nombre completo | movil | celular | tel | tlf | tfno |
        telefono movil | correo electronico | nombre del padre | nombre de la madre | usuario | =alumno | =estudiante |
        nombres | apellido paterno | apellido materno | =contacto | =alumna |
        apell | apell y nombre |
        =alumnos | =alumno a | =alumna o
    """,
    "id": """
        matricula | =dni | =nie | =nif | curp | =rut | =nia | =legajo | =cedula | =documento | numero de
        documento | =expediente | numero de expediente | numero de control | no de control | codigo estudiante |
        codigo del estudiante | codigo alumno | codigo del alumno |
        no de expediente |
        n expediente | no expediente | =expediente | =carne | =carnet | =boleta
    """,
    "period": "ano | curso | ano escolar | semestre | trimestre",
    "good_end": """
        aprobado | aprobada | aprobados | aprobo | aprueba | apto | apta | promovido | promovida | promociona |
        promociono | promocion | superado | superada | graduado | graduada | egresado | egresada | titulado | titulada |
        titula | admitido | admitida | exito | =pasa | satisfactorio | suficiente | =notable | =sobresaliente
    """,
    "bad_end": """
        suspenso | suspensa | suspendido | suspendida | suspende | suspendio | reprobado | reprobada | reprobo |
        reprueba | desaprobado | desaprobada | repite | repitio | repetidor | repetidora | repitente | repetir |
        repitencia | abandono | abandona | desertor | desertora | deserto | desercion | fracaso | en riesgo | riesgo |
        insuficiente | =baja | dado de baja | dada de baja | =retiro | retirado | retirada | expulsado | expulsada |
        ausente | aplazado | aplazada | rechazado | rechazada
    """,
    "more_is_better": """
        asistencia | asistencias | puntos | puntuacion | puntaje | nota | notas | calificacion | calificaciones |
        promedio | horas de estudio | tiempo de estudio | participacion | tareas | deberes | creditos | aciertos |
        entregadas |
        asist
    """,
    "less_is_better": """
        =puesto |
        falta | faltas | ausencia | ausencias | inasistencia | inasistencias | ausentismo | absentismo | retraso |
        retrasos | tardanza | tardanzas | atrasos | impuntualidad | suspensos | suspensas | reprobadas | errores |
        perdidas | no entregadas | expulsion | expulsiones | sancion | sanciones | amonestaciones | advertencias |
        injust | inasist | amonest | apercibimientos | partes de incidencia | materias pendientes | asignaturas
        pendientes
    """,
    "increase": """
        asistencia | asistencias | horas de estudio | horas estudio | tiempo de estudio | participacion | tareas |
        deberes | entregadas | entregados | tutoria | tutorias | refuerzo | refuerzo escolar | apoyo escolar | clases de
        apoyo | clases particulares | repaso
    """,
    "decrease": """
        falta | faltas | faltas de asistencia | ausencia | ausencias | inasistencia | inasistencias | ausentismo |
        absentismo | retraso | retrasos | tardanza | tardanzas | atrasos | impuntualidad | injustificadas | perdidas |
        tiempo de pantalla | horas de pantalla | pantalla | pantallas | videojuegos | redes sociales | salidas
    """,
    "actionable": "sueno | horas de sueno | horas dormidas | dormir | tiempo libre | ocio | extraescolares",
    "immutable": """
        trayecto | desplazamiento | viaje | tiempo de viaje | transporte | distancia | anterior | anteriores | previo |
        previa | previos | previas | reprobadas | suspensos | suspensas | repeticiones | ortografia | motivo |
        justificadas | enfermedad | padres | padre | madre | familia | hermanos | profesor | profesora
    """,
    "mark": "nota | notas | calificacion | promedio | examen | parcial | puntaje",
    "number": "=no | fila | numero | num",
    "group": "=clase | =grupo | =seccion | =paralelo | clase id | grupo clase",
    "other_sense": """
        profesor | profesora | profesores | docente | docentes | lenguaje de programacion | programacion | idioma de
        programacion | direccion ip | direccion de correo | direccion email | genero literario | genero musical | datos
        | proyecto
    """,
    "thing": """
        curso | escuela | colegio | instituto | clase | grupo | seccion | asignatura | materia | modulo | centro | aula
        | proyecto
    """,
    "doubt": """
        ningun | ninguno | ninguna | jamas | nada | tampoco | apenas | casi | parcialmente | imposible | posible |
        improbable | probable | esperado | esperada | previsto | prevista | evitado | evitada | perdido | perdida | bajo
        | debajo | menos | menor | inferior | pendiente | denegado | denegada | negado | negada | provisional |
        condicional |
        evita | evito | evitar | libre de | exento | exenta | fuera de | salvo | anulado | anulada | anulacion |
        revocado | peligra | comprometido | comprometida | amenazado | carece | perdida de |
        ni | contrario | inverso | pospuesto | superado abandono | lejos | duda | contra | en peligro
    """,
    "remark": "observacion | observaciones | comentario | comentarios",
}
